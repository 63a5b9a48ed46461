/**
 * The officer's desk, kept live: questions move from lane to lane as they are decided, here or by a colleague. Every
 * button is a form that posts without this.
 */
import { Announcer } from './room-announcer.js'
import { RoomConnection } from './room-connection.js'
import { Words, readJson } from './room-words.js'

export class Desk {
  constructor (root, { openSocket, clock, words, states, changes }) {
    Object.assign(this, { root, words, states, changes })
    this.announcer = new Announcer(this.part('announcer'), clock, (count, text) =>
      count === 1 ? words.say('newQuestion', { text }) : words.count('newQuestions', count))
    this.connection = new RoomConnection({
      url: root.dataset.socket,
      openSocket,
      clock,
      epoch: root.dataset.epoch,
      sequence: Number(root.dataset.sequence),
      mine: () => [],
      on: {
        snapshot: (frame) => this.showSnapshot(frame),
        event: (event) => this.showEvent(event),
        counts: (frame) => this.showCounts(frame),
        status: (status) => { this.part('status').textContent = words.say(status) }
      }
    })
    root.addEventListener('submit', (event) => this.submitted(event))
  }

  start () {
    for (const card of this.root.querySelectorAll('[data-question]')) this.offerDecisions(card)
    this.connection.connect()
  }

  part (name, within = this.root) {
    return within.querySelector(`[data-part="${name}"]`)
  }

  showSnapshot (frame) {
    for (const question of frame.questions) this.showQuestion(question)
    this.showRoom(frame.room)
    this.showCounts(frame)
  }

  showEvent ({ kind, payload }) {
    if (kind === 'question') this.showQuestion(payload)
    if (kind === 'room') this.showRoom(payload)
    if (kind === 'agenda') this.showAgenda(payload.agenda_item)
  }

  showQuestion (question) {
    const known = this.root.querySelector(`[data-question="${question.id}"]`)
    const card = known ?? this.build(question)
    const hadFocus = card.contains(card.ownerDocument.activeElement)
    const next = card.nextElementSibling ?? card.previousElementSibling
    const hasMoved = !known || card.dataset.state !== question.state
    this.fill(card, question)
    if (!hasMoved) return
    const lane = this.root.querySelector(`[data-lane="${question.state}"]`)
    const from = card.closest('[data-lane]')
    this.part('list', lane).append(card)
    for (const one of [lane, from]) if (one) this.count(one)
    // Whoever works through a lane by keyboard goes on with the next card, not at the top of the page.
    if (hadFocus) (next ?? from.querySelector('.wm-lane__title')).focus()
    if (!known && question.state === 'held') this.announcer.question(question.text)
  }

  build (question) {
    const card = this.part('question-template').content.firstElementChild.cloneNode(true)
    card.id = `question-${question.id}`
    card.dataset.question = question.id
    for (const form of card.querySelectorAll('form')) {
      form.action = form.dataset.action.replace('/question/0/', `/question/${question.id}/`)
    }
    for (const name of ['answer', 'reason']) {
      card.querySelector(`label[for="${name}-new"]`).htmlFor = `${name}-${question.id}`
      card.querySelector(`[name="${name}"]`).id = `${name}-${question.id}`
    }
    return card
  }

  fill (card, question) {
    const set = (field, text) => { card.querySelector(`[data-field="${field}"]`).textContent = text }
    card.dataset.state = question.state
    set('text', question.text)
    set('asker', question.asker_name)
    set('ward', question.ward ? this.words.say('from', { ward: question.ward }) : '')
    set('reason', question.reason)
    set('answer', question.answer)
    this.offerDecisions(card)
  }

  /** Only what can be decided from where the question stands. */
  offerDecisions (card) {
    for (const element of card.querySelectorAll('[data-when]')) {
      element.hidden = !element.dataset.when.split(' ').includes(card.dataset.state)
    }
  }

  count (lane) {
    const number = this.part('list', lane).children.length
    this.part('count', lane).textContent = number
    this.part('none', lane).hidden = number > 0
  }

  showCounts ({ support, present }) {
    for (const [id, count] of Object.entries(support)) {
      const field = this.root.querySelector(`[data-question="${id}"] [data-field="support"]`)
      if (field) field.textContent = count ? this.words.count('supporters', count) : ''
    }
    if (present !== undefined) this.part('present').textContent = this.words.count('present', present)
  }

  showRoom ({ state, agenda_item: item }) {
    const mark = this.part('state').querySelector('.wm-room__mark')
    mark.className = `wm-room__mark wm-room__mark--${state}`
    mark.textContent = this.states[state]
    const offered = this.changes[state] ?? []
    for (const form of this.root.querySelectorAll('[data-change]')) {
      const hadFocus = form.contains(form.ownerDocument.activeElement)
      form.hidden = !offered.includes(form.dataset.change)
      if (hadFocus && form.hidden) {
        this.root.querySelector('[data-change]:not([hidden]) button')?.focus()
      }
    }
    if (state !== this.root.dataset.state) this.announcer.say(this.words.say('roomIs', { state: this.states[state] }))
    this.root.dataset.state = state
    this.showAgenda(item)
  }

  showAgenda (item) {
    for (const element of this.root.querySelectorAll('[data-item]')) {
      const isCurrent = Number(element.dataset.item) === item
      element.toggleAttribute('data-current', isCurrent)
      if (isCurrent) element.setAttribute('aria-current', 'step')
      else element.removeAttribute('aria-current')
      element.querySelector('button').setAttribute('aria-pressed', String(isCurrent))
    }
  }

  /** A form of the desk: sent over the socket while there is one, posted otherwise. */
  async submitted (event) {
    if (!this.connection.isOpen) return
    const form = event.target
    const card = form.closest('[data-question]')
    const frame = card ? this.decision(card, form) : this.roomCommand(form)
    if (!frame) return
    event.preventDefault()
    const answer = await this.connection.command(frame)
    const error = card && this.part('error', card)
    if (error) error.hidden = answer.type === 'ack'
    if (answer.type === 'ack') {
      for (const details of card?.querySelectorAll('details[open]') ?? []) details.open = false
      return
    }
    if (error) {
      error.textContent = answer.message
      form.elements[answer.field]?.focus()
    } else {
      this.part('status').textContent = answer.message
      this.announcer.say(answer.message)
    }
  }

  decision (card, form) {
    const question = Number(card.dataset.question)
    const { decision, reason, answer } = form.elements
    if (decision.value === 'answer') return { type: 'answer', question, answer: answer.value }
    return { type: 'decide', question, decision: decision.value, reason: reason?.value ?? '' }
  }

  roomCommand (form) {
    if (form.dataset.change) return { type: 'room', change: form.dataset.change }
    if (form.dataset.agenda !== undefined) return { type: 'agenda', item: Number(form.dataset.agenda) || null }
    return null
  }
}

function start (root) {
  const scheme = window.location.protocol === 'https:' ? 'wss:' : 'ws:'
  const desk = new Desk(root, {
    openSocket: (path) => new WebSocket(`${scheme}//${window.location.host}${path}`),
    clock: {
      setTimeout: window.setTimeout.bind(window),
      clearTimeout: window.clearTimeout.bind(window),
      now: () => performance.now(),
      random: Math.random
    },
    words: new Words(readJson(document, 'room-words'), document.documentElement.lang || 'en'),
    states: readJson(document, 'room-states'),
    changes: readJson(document, 'room-changes')
  })
  window.addEventListener('online', () => desk.connection.hurry())
  desk.start()
}

if (typeof document !== 'undefined') document.querySelectorAll('[data-module="desk"]').forEach(start)
