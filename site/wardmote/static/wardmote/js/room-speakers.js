/**
 * Who speaks, how much of their time is left, who is next. The clock is counted here, from the moments that the
 * server tells and the difference between its clock and this one; nothing is sent while it runs.
 */
export const TICK_MS = 500

/** `1:05`, as clocks show it. */
export function minutesAndSeconds (seconds) {
  const whole = Math.floor(seconds)
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`
}

/** Milliseconds somebody has spoken at `now`, a moment of the server's clock in milliseconds. */
export function spokenMs (speaker, now) {
  if (!speaker.running_since) return speaker.spoken_ms
  return speaker.spoken_ms + Math.max(0, now - Date.parse(speaker.running_since))
}

/** The queue as it stands: who speaks or was interrupted last, and who waits for the item being taken. */
export function queueOf (speakers, item) {
  const all = [...speakers]
  const speaking = all.find((one) => one.state === 'speaking')
  const interrupted = all.filter((one) => one.state === 'paused')
    .sort((one, other) => String(one.started_at).localeCompare(String(other.started_at))).at(-1)
  const waiting = all
    .filter((one) => one.state === 'waiting' && (!item || one.agenda_item === null || one.agenda_item === item))
    .sort((one, other) => other.is_point_of_order - one.is_point_of_order || one.place - other.place || one.id - other.id)
  return { now: speaking ?? interrupted ?? null, waiting }
}

export class Speakers {
  /**
   * @param {HTMLElement} root holds the parts `speaking` and, on the room's page, `speakers` with its `queue`
   * @param {object} options
   * @param {{now: () => number, setTimeout: Function, clearTimeout: Function}} options.clock `now` in epoch milliseconds
   * @param {import('./room-words.js').Words} options.words
   * @param {(sentence: string) => void} options.announce
   * @param {object} options.business what the page was drawn from: `now`, `speakers`; and {number|null} options.item
   */
  constructor (root, { clock, words, announce, business, item }) {
    Object.assign(this, { root, clock, words, announce, item })
    this.speakers = new Map((business.speakers ?? []).map((speaker) => [speaker.id, speaker]))
    this.timer = null
    this.timeIsUpFor = null
    this.tellTime(business.now)
    this.shown = this.queue().now?.id
    this.show()
  }

  tellTime (now) {
    if (now) this.ahead = Date.parse(now) - this.clock.now()
  }

  welcome (frame) {
    this.tellTime(frame.now)
    this.show()
  }

  snapshot (frame) {
    this.speakers = new Map((frame.speakers ?? []).map((speaker) => [speaker.id, speaker]))
    this.item = frame.room.agenda_item
    this.show()
  }

  event ({ kind, payload }) {
    if (kind === 'speaker') this.speakers.set(payload.id, payload)
    else if (kind === 'speaker_removed') this.speakers.delete(payload.id)
    else if (kind === 'room' || kind === 'agenda') this.item = payload.agenda_item
    else return
    this.show()
  }

  queue () {
    return queueOf(this.speakers.values(), this.item)
  }

  show () {
    const { now, waiting } = this.queue()
    const [next] = waiting
    const strip = this.root.querySelector('[data-part="speaking"]')
    strip.hidden = !now && !next
    set(strip, 'speaking', now ? this.words.say(now.state === 'speaking' ? 'speaks' : 'interrupted', now) : '')
    set(strip, 'following', next ? this.words.say('following', next) : '')
    this.showQueue(waiting)
    this.showClock()
    if (now && now.id !== this.shown && now.state === 'speaking') this.announce(this.words.say('speaks', now))
    this.shown = now?.id
  }

  showQueue (waiting) {
    const part = this.root.querySelector('[data-part="speakers"]')
    if (!part) return
    part.hidden = waiting.length === 0
    const list = part.querySelector('[data-part="queue"]')
    list.replaceChildren(...waiting.map((speaker) => {
      const element = list.ownerDocument.createElement('li')
      element.textContent = speaker.name
      const more = speaker.is_point_of_order ? this.words.say('pointOfOrder') : this.words.say(`side_${speaker.side}`)
      if (more) {
        const span = list.ownerDocument.createElement('span')
        span.className = 'wm-meta'
        span.textContent = more
        element.append(' ', span)
      }
      return element
    }))
  }

  /** The time left, and again while it runs. */
  showClock () {
    this.clock.clearTimeout(this.timer)
    const { now } = this.queue()
    const field = this.root.querySelector('[data-part="speaking"] [data-field="clock"]')
    if (!now) {
      field.textContent = ''
      return
    }
    const left = now.allotted_seconds - spokenMs(now, this.clock.now() + this.ahead) / 1000
    field.toggleAttribute('data-over', left < 0)
    const time = minutesAndSeconds(left < 0 ? -left : Math.ceil(left))
    field.textContent = this.words.say(left < 0 ? 'timeOver' : 'timeLeft', { time })
    if (now.state !== 'speaking') return
    if (left < 0 && this.timeIsUpFor !== now.id) {
      this.timeIsUpFor = now.id
      this.announce(this.words.say('timeIsUp', now))
    }
    this.timer = this.clock.setTimeout(() => this.showClock(), TICK_MS)
  }
}

function set (element, field, text) {
  element.querySelector(`[data-field="${field}"]`).textContent = text
}

/** A clock of the browser's that knows what day it is: speaking time is counted from moments. */
export function wallClock () {
  return {
    now: () => Date.now(),
    setTimeout: window.setTimeout.bind(window),
    clearTimeout: window.clearTimeout.bind(window)
  }
}
