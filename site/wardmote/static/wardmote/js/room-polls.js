/**
 * Polls in the room: a new one appears, a ballot is sent without leaving the page, and how a poll stands is kept up to
 * date for whoever the server lets see it. Every ballot is a form that posts without this.
 */
import { optionText, showTally } from './poll-tally.js'

export class RoomPolls {
  /**
   * @param {HTMLElement} root holds the part `polls` with its lists and mould
   * @param {object} options
   * @param {import('./room-connection.js').RoomConnection} options.connection
   * @param {() => boolean} options.isConnected whether what is sent goes out at once
   * @param {object[]} options.polls those the page was drawn with
   * @param {import('./room-words.js').Words} options.words
   * @param {(sentence: string) => void} options.announce
   */
  constructor (root, { connection, isConnected, polls, words, announce }) {
    Object.assign(this, { connection, isConnected, words, announce })
    this.section = root.querySelector('[data-part="polls"]')
    this.way = root.querySelector('[data-part="way-polls"]')
    this.polls = new Map(polls.map((poll) => [poll.id, poll]))
    this.section.addEventListener('submit', (event) => this.submitted(event))
  }

  part (name, within = this.section) {
    return within.querySelector(`[data-part="${name}"]`)
  }

  find (id) {
    return this.section.querySelector(`[data-poll="${id}"]`)
  }

  snapshot (frame) {
    const known = new Set(frame.polls.map(({ id }) => id))
    for (const card of this.section.querySelectorAll('[data-poll]')) {
      if (!known.has(Number(card.dataset.poll))) card.remove()
    }
    for (const poll of frame.polls) this.show(poll)
    for (const tally of frame.tallies ?? []) this.stands(tally)
    this.showSection()
  }

  event ({ kind, payload }) {
    if (kind !== 'poll') return
    const before = this.find(payload.id)?.dataset.state
    this.show(payload)
    this.showSection()
    if (payload.state === before) return
    if (payload.state === 'open') this.announce(this.words.say('pollNew', payload))
    if (payload.state !== 'open') this.part('closed').open = true // whoever answered sees what came of it
    if (payload.state === 'shown') this.announce(this.words.say('pollResults', payload))
  }

  counts (frame) {
    for (const tally of frame.tallies ?? []) this.stands(tally)
  }

  showSection () {
    this.section.hidden = this.way.hidden = !this.section.querySelector('[data-poll]')
    this.part('closed').hidden = !this.part('closed-polls').firstElementChild
  }

  show (poll) {
    this.polls.set(poll.id, poll)
    const card = this.find(poll.id) ?? this.build(poll)
    const isMoved = card.dataset.state !== poll.state
    card.dataset.state = poll.state
    this.set(card, 'about', this.about(poll))
    this.part('ballot', card).hidden = poll.state !== 'open'
    if (poll.state !== 'open') this.part('poll-error', card).hidden = true
    if (poll.tally) showTally(card, poll, poll.tally, this.words)
    else if (poll.state === 'closed') this.part('tally', card).hidden = true
    if (isMoved || !card.isConnected) this.part('fold', card).open = true // a poll that comes, or is over, is read
    if (isMoved || !card.isConnected) this.part(poll.state === 'open' ? 'open-polls' : 'closed-polls').prepend(card)
  }

  stands (tally) {
    const poll = this.polls.get(tally.poll)
    const card = this.find(tally.poll)
    if (poll && card) showTally(card, poll, tally, this.words)
  }

  set (card, field, text) {
    card.querySelector(`[data-field="${field}"]`).textContent = text
  }

  about (poll) {
    if (poll.state === 'closed') return this.words.say('pollKept')
    if (poll.state === 'shown') return this.words.say('pollClosed')
    const asked = { single: 'pollSingle', multiple: 'pollMultiple', rating: 'pollRating', ranking: 'pollRanking', words: 'pollWords' }
    const seen = { after_voting: 'pollAfterVoting', after_closing: 'pollAfterClosing', officers: 'pollOfficers' }
    return `${this.words.say(asked[poll.kind], { n: poll.at_most })} ${this.words.say(seen[poll.results])}`
  }

  // A poll that was opened while the page is open ---------------------------------------------------------------------

  build (poll) {
    const card = this.part('poll-template').content.firstElementChild.cloneNode(true)
    card.id = `poll-${poll.id}`
    card.dataset.poll = poll.id
    card.dataset.kind = poll.kind
    this.set(card, 'question', poll.question)
    this.set(card, 'legend', poll.question)
    const form = this.part('ballot', card)
    form.setAttribute('action', form.getAttribute('action').replace('/polls/0/', `/polls/${poll.id}/`))
    this.part('choices', card).replaceChildren(...this.fields(poll))
    return card
  }

  fields (poll) {
    if (poll.kind === 'words') return Array.from({ length: poll.at_most }, (_, place) => this.wordField(poll, place + 1))
    if (poll.kind === 'ranking') return poll.options.map((option) => this.placeField(poll, option))
    const type = poll.kind === 'multiple' ? 'checkbox' : 'radio'
    const kind = type === 'radio' ? 'radios' : 'checkboxes'
    const list = this.make('div', `govuk-${kind} govuk-${kind}--small`)
    list.append(...poll.options.map((option) => {
      const item = this.make('div', `govuk-${kind}__item`)
      const id = `choice-${option.id}`
      const label = this.make('label', `govuk-label govuk-${kind}__label`, { htmlFor: id })
      label.textContent = optionText(poll, option.text)
      item.append(this.make('input', `govuk-${kind}__input`, { type, name: 'choice', value: option.id, id }), label)
      return item
    }))
    return [list]
  }

  wordField (poll, number) {
    const group = this.make('div', 'govuk-form-group wm-poll__word')
    const id = `word-${poll.id}-${number}`
    const label = this.make('label', 'govuk-label', { htmlFor: id })
    label.textContent = this.words.say('pollWord', { n: number })
    group.append(label, this.make('input', 'govuk-input', { name: 'word', id, maxLength: 60, autocomplete: 'off' }))
    return group
  }

  placeField (poll, option) {
    const group = this.make('div', 'wm-poll__place')
    const id = `place-${option.id}`
    const select = this.make('select', 'govuk-select', { name: id, id })
    const label = this.make('label', 'govuk-label', { htmlFor: id })
    label.textContent = option.text
    for (let place = 0; place <= poll.options.length; place++) {
      const choice = this.make('option', '', { value: place || '' })
      choice.textContent = place || '–'
      select.append(choice)
    }
    group.append(label, select)
    return group
  }

  make (name, className, fields = {}) {
    const element = this.section.ownerDocument.createElement(name)
    if (className) element.className = className
    return Object.assign(element, fields)
  }

  // A ballot ---------------------------------------------------------------------------------------------------------

  async submitted (event) {
    if (!this.connection.takesCommands) return // the form is posted
    event.preventDefault()
    const card = event.target.closest('[data-poll]')
    const poll = Number(card.dataset.poll)
    const isConnected = this.isConnected()
    if (!isConnected) this.sayItWaits(card)
    const frame = { type: 'ballot', poll, ...ballotOf(event.target, card.dataset.kind) }
    const answer = await this.connection.command(frame, `poll-${poll}`)
    if (answer.type === 'superseded') return
    this.part('poll-waiting', card).hidden = true
    const isTaken = answer.type === 'ack'
    const error = this.part('poll-error', card)
    error.hidden = isTaken
    error.textContent = isTaken ? '' : answer.message
    this.part('taken', card).hidden = !isTaken
    if (isTaken) {
      this.part('send', card).textContent = this.words.say('pollChange')
      this.set(card, 'fold', this.words.say('pollAnswered'))
      card.toggleAttribute('data-voted', true)
      this.announce(this.words.say('pollTaken'))
      return
    }
    if (this.part('closed').contains(card)) this.part('closed').open = true // it was closed meanwhile
    if (isConnected) { // later the reader is elsewhere
      event.target.querySelector('input:not([type="hidden"]), select')?.focus()
    }
  }

  sayItWaits (card) {
    this.part('poll-error', card).hidden = this.part('taken', card).hidden = true
    const waiting = this.part('poll-waiting', card)
    waiting.textContent = this.words.say('waitsHere')
    waiting.hidden = false
    this.announce(waiting.textContent)
  }
}

/** What a ballot's form says, as its frame does: options in the order of their places, or words. */
export function ballotOf (form, kind) {
  const fields = [...form.elements]
  if (kind === 'words') return { words: fields.filter(({ name, value }) => name === 'word' && value.trim()).map(({ value }) => value) }
  if (kind !== 'ranking') return { choices: fields.filter(({ name, checked }) => name === 'choice' && checked).map(({ value }) => Number(value)) }
  const placed = fields.filter(({ name, value }) => name.startsWith('place-') && value)
  const ranks = placed.map(({ value }) => value)
  // Two at one place are none at it: the server says what is wanted.
  const clear = placed.filter(({ value }) => ranks.filter((rank) => rank === value).length === 1)
  return { choices: clear.sort((one, other) => one.value - other.value).map(({ name }) => Number(name.slice(6))) }
}
