/**
 * The live room. The page is complete without this; with it, questions, counts, the agenda and the room's state come
 * by themselves, nothing moves under a reader's eyes, and a question written offline is sent later.
 */
import { Announcer } from './room-announcer.js'
import { RoomConnection } from './room-connection.js'
import { OwnQuestions } from './room-unsent.js'
import { Words, readJson } from './room-words.js'

export class Room {
  constructor (root, { openSocket, fetch, clock, storage, words, states, isOnline, newKey }) {
    Object.assign(this, { root, clock, words, states, isOnline, newKey })
    this.waiting = new Map() // questions that are known but not shown yet, so that nothing moves
    this.supportOf = new Map()
    this.own = new OwnQuestions(root.dataset.room, storage)
    this.announcer = new Announcer(this.part('announcer'), clock, (count, text) =>
      count === 1 ? words.say('newQuestion', { text }) : words.count('newQuestions', count))
    this.connection = new RoomConnection({
      url: root.dataset.socket,
      openSocket,
      clock,
      epoch: root.dataset.epoch,
      sequence: Number(root.dataset.sequence),
      mine: () => this.own.keys,
      fetchSnapshot: () => this.fetchSnapshot(fetch),
      on: {
        snapshot: (frame) => this.showSnapshot(frame),
        event: (event) => this.showEvent(event),
        counts: (frame) => this.showCounts(frame),
        fate: (frame) => this.showFate(frame),
        status: (status) => this.showStatus(status)
      }
    })
    this.listen()
  }

  start () {
    this.showOwn()
    this.connection.connect()
    this.sendUnsent()
  }

  part (name) {
    return this.root.querySelector(`[data-part="${name}"]`)
  }

  listen () {
    this.part('show-new').addEventListener('click', () => this.showWaiting(true))
    this.part('questions').addEventListener('submit', (event) => this.support(event))
    this.part('ask-form')?.addEventListener('submit', (event) => this.ask(event))
    this.part('to-ask')?.addEventListener('click', (event) => this.openAsk(event))
  }

  /** The browser says that the network is back. */
  cameOnline () {
    this.connection.hurry()
  }

  wentOffline () {
    this.showStatus('offline')
  }

  async fetchSnapshot (fetch) {
    const response = await fetch(this.root.dataset.questions, { headers: { Accept: 'application/json' } })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return response.json()
  }

  // What the server says ---------------------------------------------------------------------------------------------

  showSnapshot (frame) {
    const known = new Map(frame.questions.map((question) => [question.id, question]))
    for (const element of this.shown()) {
      const question = known.get(Number(element.dataset.question))
      if (question) this.fill(element, question)
      else this.removeQuestion(Number(element.dataset.question))
    }
    for (const id of this.waiting.keys()) if (!known.has(id)) this.waiting.delete(id)
    for (const question of known.values()) this.takeQuestion(question)
    this.showRoom(frame.room)
    this.showCounts(frame)
  }

  showEvent ({ kind, payload }) {
    if (kind === 'question') this.takeQuestion(payload)
    if (kind === 'question_removed') this.removeQuestion(payload.id)
    if (kind === 'room') this.showRoom(payload)
    if (kind === 'agenda') this.showAgenda(payload.agenda_item, true)
  }

  takeQuestion (question) {
    const element = this.find(question.id)
    if (element) {
      this.fill(element, question)
      return
    }
    const isNew = !this.waiting.has(question.id)
    this.waiting.set(question.id, question)
    if (isNew) this.announcer.question(question.text)
    if (this.isReading()) this.showNewButton()
    else this.showWaiting(false)
  }

  removeQuestion (id) {
    this.waiting.delete(id)
    this.showNewButton()
    const element = this.find(id)
    if (!element || element.dataset.state === 'removed') return
    element.dataset.state = 'removed'
    element.querySelector('[data-part="support"]').hidden = true
    for (const field of element.querySelectorAll('[data-field]')) field.textContent = ''
    element.querySelector('[data-field="text"]').textContent = this.words.say('removed')
  }

  showCounts ({ support, present }) {
    for (const [id, count] of Object.entries(support)) {
      this.supportOf.set(Number(id), count)
      const element = this.find(Number(id))
      if (element) element.querySelector('[data-field="support"]').textContent = count
    }
    if (present !== undefined && this.status === 'live') {
      this.present = present
      this.showStatus('live')
    }
  }

  showRoom ({ state, agenda_item: item }) {
    if (state !== this.root.dataset.state) {
      const mark = this.part('state').querySelector('.wm-room__mark')
      mark.className = `wm-room__mark wm-room__mark--${state}`
      mark.textContent = this.states[state]
      this.root.dataset.state = state
      this.announcer.say(this.words.say('roomIs', { state: this.states[state] }))
      const isClosed = state === 'closed'
      for (const name of ['ask', 'sticky']) if (this.part(name)) this.part(name).hidden = isClosed
      for (const button of this.root.querySelectorAll('.wm-support')) button.disabled = isClosed
    }
    this.showAgenda(item, false)
  }

  showAgenda (item, isNews) {
    if (!this.root.querySelector(`[data-item="${item}"]`)) this.part('now').textContent = ''
    for (const element of this.root.querySelectorAll('[data-item]')) {
      const isCurrent = Number(element.dataset.item) === item
      if (!isCurrent) {
        element.removeAttribute('aria-current')
      } else if (element.getAttribute('aria-current') !== 'step') {
        element.setAttribute('aria-current', 'step')
        const { number, title } = element.dataset
        this.part('now').textContent = this.words.say('nowTaken', { number, title })
        if (isNews) this.announcer.say(this.words.say('nowTaken', { number, title }))
      }
    }
  }

  showFate ({ key, state, reason }) {
    if (!this.own.note(key, state, reason)) return
    const name = { held: 'ownHeld', published: 'ownPublished', answered: 'ownAnswered', withheld: 'ownWithheld' }[state]
    this.announcer.say(this.words.say(name, { reason }))
    this.showOwn()
  }

  showStatus (status) {
    this.status = status
    const known = this.isOnline() ? status : 'offline'
    const sentences = [this.words.say(known)]
    if (known === 'live' && this.present) sentences.push(this.words.count('present', this.present))
    this.root.dataset.connection = known
    this.part('status').textContent = sentences.join(' · ')
    if (status === 'live') this.sendUnsent()
  }

  // The list ---------------------------------------------------------------------------------------------------------

  shown () {
    return [...this.part('questions').querySelectorAll('[data-question]')]
  }

  find (id) {
    return this.root.querySelector(`[data-question="${id}"]`)
  }

  /** Whether somebody is reading the list, so that nothing may move in it. */
  isReading () {
    const list = this.part('questions')
    if (!list.firstElementChild) return false
    const isScrolledPast = list.getBoundingClientRect().top < 0
    const selection = list.ownerDocument.getSelection()
    const isSelecting = selection && !selection.isCollapsed && list.contains(selection.anchorNode)
    return isScrolledPast || isSelecting || list.matches(':hover') || list.contains(list.ownerDocument.activeElement)
  }

  showNewButton () {
    const button = this.part('show-new')
    button.hidden = this.waiting.size === 0
    if (this.waiting.size) button.textContent = this.words.count('newQuestions', this.waiting.size)
  }

  /** Put what waited on top, the newest first. */
  showWaiting (isAskedFor) {
    const elements = [...this.waiting.values()].map((question) => this.build(question)).reverse()
    this.waiting.clear()
    this.showNewButton()
    this.part('questions').prepend(...elements)
    this.part('empty').hidden = true
    if (isAskedFor) elements[0]?.focus()
  }

  build (question) {
    const element = this.part('question-template').content.firstElementChild.cloneNode(true)
    element.id = `question-${question.id}`
    element.dataset.question = question.id
    element.querySelector('input[name="question"]').value = question.id
    element.querySelector('[data-field="support"]').textContent = this.supportOf.get(question.id) ?? 0
    element.classList.add('wm-question--new')
    this.fill(element, question)
    return element
  }

  fill (element, question) {
    const set = (field, text) => { element.querySelector(`[data-field="${field}"]`).textContent = text }
    const item = this.root.querySelector(`[data-item="${question.agenda_item}"]`)
    element.dataset.state = question.state
    element.querySelector('[data-part="support"]').hidden = false
    set('text', question.text)
    set('name', question.name)
    set('ward', question.ward ? this.words.say('from', { ward: question.ward }) : '')
    set('item', item ? this.words.say('item', { number: item.dataset.number }) : '')
    set('answer', question.answer)
    set('support-name', `: ${question.text.slice(0, 60)}`)
  }

  // What the reader does ---------------------------------------------------------------------------------------------

  async support (event) {
    event.preventDefault()
    const form = event.target
    const button = form.querySelector('button')
    const question = Number(form.elements.question.value)
    const isGiven = button.getAttribute('aria-pressed') === 'true'
    button.setAttribute('aria-pressed', String(!isGiven))
    const answer = await this.connection.command({ type: isGiven ? 'withdraw_support' : 'support', question })
    if (answer.type === 'ack') {
      this.markWithdraw(form, !isGiven)
      return
    }
    button.setAttribute('aria-pressed', String(isGiven))
    this.announcer.say(answer.message)
    this.part('status').textContent = answer.message
  }

  /** So that the plain form, too, does the opposite next time. */
  markWithdraw (form, isGiven) {
    form.elements.withdraw?.remove()
    if (!isGiven) return
    const field = form.ownerDocument.createElement('input')
    Object.assign(field, { type: 'hidden', name: 'withdraw', value: 'on' })
    form.append(field)
  }

  openAsk (event) {
    event.preventDefault()
    this.part('ask').open = true
    this.part('ask-form').elements.text.focus()
  }

  ask (event) {
    const form = event.target
    const text = form.elements.text.value.trim()
    if (form.elements.ward) return // a choice of wards is the server's to check
    if (!text || text.length > 500) return // the server says what is wrong, with the error summary
    event.preventDefault()
    this.own.keep({
      key: form.elements.key.value,
      text,
      name: form.elements.name.value,
      name_is_public: form.elements.name_is_public.checked,
      postcode: form.elements.postcode.value,
      agenda_item: Number(form.elements.agenda_item.value) || null
    })
    form.elements.key.value = this.newKey()
    form.elements.text.value = ''
    form.elements.text.dispatchEvent(new Event('input', { bubbles: true }))
    this.part('ask-error').hidden = true
    this.part('ask').open = false
    this.showOwn()
    this.part('own').focus() // and so into view: what happens to the question is told there
    this.sendUnsent()
  }

  sendUnsent () {
    this.underway ??= new Set()
    for (const question of this.own.unsent) {
      if (this.underway.has(question.key)) continue
      this.underway.add(question.key)
      this.send(question).finally(() => this.underway.delete(question.key))
    }
  }

  async send ({ state, reason, ...fields }) {
    const answer = await this.connection.command({ type: 'ask', ...fields })
    if (answer.type === 'ack') {
      this.showFate({ key: fields.key, state: answer.state, reason: '' })
    } else if (answer.reason === 'too_fast') {
      this.clock.setTimeout(() => this.sendUnsent(), 5000)
    } else {
      this.giveBack(fields, answer)
    }
  }

  /** The server does not take it: what was typed goes back into the form, with the reason. */
  giveBack (fields, answer) {
    this.own.forget(fields.key)
    this.showOwn()
    const form = this.part('ask-form')
    if (!form) return
    form.elements.key.value = fields.key
    form.elements.text.value = fields.text
    form.elements.name.value = fields.name
    form.elements.postcode.value = fields.postcode
    this.part('ask').open = true
    if (answer.reason === 'ward_unclear') {
      form.submit() // the page that comes back holds the choice of wards
      return
    }
    const error = this.part('ask-error')
    error.textContent = answer.message
    error.hidden = false
    const field = form.elements[answer.field] ?? form.elements.text
    field.focus()
  }

  /** The reader's own questions and what became of them. */
  showOwn () {
    const list = this.part('own')
    const document = list.ownerDocument
    list.replaceChildren(...this.own.questions.slice().reverse().map((question) => {
      const element = document.createElement('li')
      element.className = `wm-own__item wm-own__item--${question.state}`
      const fate = document.createElement('p')
      fate.className = 'wm-own__fate'
      fate.textContent = this.sayFate(question)
      const text = document.createElement('p')
      text.className = 'wm-own__text'
      text.textContent = question.text
      element.append(fate, text)
      return element
    }))
    list.hidden = this.own.questions.length === 0
  }

  sayFate ({ state, reason }) {
    if (state === 'unsent') return this.words.say(this.connection.isOpen ? 'sending' : 'kept')
    return this.words.say({ held: 'ownHeld', published: 'ownPublished', answered: 'ownAnswered', withheld: 'ownWithheld' }[state], { reason })
  }
}

function start (root) {
  const scheme = window.location.protocol === 'https:' ? 'wss:' : 'ws:'
  const language = document.documentElement.lang || 'en'
  const room = new Room(root, {
    openSocket: (path) => new WebSocket(`${scheme}//${window.location.host}${path}`),
    fetch: window.fetch.bind(window),
    clock: {
      setTimeout: window.setTimeout.bind(window),
      clearTimeout: window.clearTimeout.bind(window),
      now: () => performance.now(),
      random: Math.random
    },
    storage: window.localStorage,
    words: new Words(readJson(document, 'room-words'), language),
    states: readJson(document, 'room-states'),
    isOnline: () => navigator.onLine,
    newKey: () => crypto.randomUUID?.() ?? randomKey()
  })
  window.addEventListener('online', () => room.cameOnline())
  window.addEventListener('offline', () => room.wentOffline())
  document.addEventListener('visibilitychange', () => { if (!document.hidden) room.cameOnline() })
  room.start()
}

/** A version 4 UUID where the page is not in a secure context (http: on another name than localhost). */
function randomKey () {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

if (typeof document !== 'undefined') document.querySelectorAll('[data-module="room"]').forEach(start)
