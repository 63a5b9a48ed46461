/**
 * The poll on the big screen: what is asked while it is open, and for some minutes after it how it was answered. What
 * the screen shows is what somebody sees who has not voted.
 */
import { optionText, showTally } from './poll-tally.js'

export class ScreenPolls {
  /**
   * @param {HTMLElement} root holds the part `poll`
   * @param {object} options
   * @param {{now: () => number, setTimeout: Function, clearTimeout: Function}} options.clock `now` in epoch milliseconds
   * @param {import('./room-words.js').Words} options.words
   */
  constructor (root, { clock, words }) {
    Object.assign(this, { clock, words })
    this.section = root.querySelector('[data-part="poll"]')
    this.resultsMs = 1000 * Number(this.section.dataset.resultsSeconds)
    this.polls = new Map()
    this.ahead = 0
    this.timer = null
  }

  part (name) {
    return this.section.querySelector(`[data-part="${name}"]`)
  }

  welcome ({ now }) {
    if (now) this.ahead = Date.parse(now) - this.clock.now()
  }

  snapshot (frame) {
    this.polls = new Map((frame.polls ?? []).map((poll) => [poll.id, poll]))
    this.show()
  }

  event ({ kind, payload }) {
    if (kind === 'poll') this.polls.set(payload.id, payload)
    else if (kind === 'poll_removed') this.polls.delete(payload.id)
    else return
    this.show()
  }

  /** Milliseconds for which a closed poll's results still stand on the screen. */
  left (poll) {
    return Date.parse(poll.closed_at) + this.resultsMs - this.clock.now() - this.ahead
  }

  /** The poll opened last of those that are open, else the one closed last, as long as its results stand. */
  current () {
    const last = (polls, moment) => polls.sort((one, other) =>
      String(one[moment]).localeCompare(String(other[moment])) || one.id - other.id).at(-1)
    const polls = [...this.polls.values()]
    return last(polls.filter(({ state }) => state === 'open'), 'opened_at') ??
      last(polls.filter((poll) => poll.state === 'shown' && poll.tally && this.left(poll) > 0), 'closed_at')
  }

  show () {
    const poll = this.current()
    this.clock.clearTimeout(this.timer)
    this.section.hidden = !poll
    if (!poll) return
    const isOpen = poll.state === 'open'
    this.part('poll-label').textContent = this.words.say(isOpen ? 'pollNow' : 'pollOver')
    this.part('poll-question').textContent = poll.question
    const document = this.section.ownerDocument
    this.part('poll-options').replaceChildren(...(isOpen ? poll.options : []).map(({ text }) => {
      const option = document.createElement('li')
      option.textContent = optionText(poll, text)
      return option
    }))
    this.part('tally').hidden = isOpen
    if (!isOpen) {
      showTally(this.section, poll, poll.tally, this.words)
      this.timer = this.clock.setTimeout(() => this.show(), this.left(poll))
    }
  }
}
