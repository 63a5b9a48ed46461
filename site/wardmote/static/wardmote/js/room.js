/**
 * The live room. The page is complete without this; with it, questions, counts, the agenda and the room's state come
 * by themselves, nothing moves under a reader's eyes, and a question written offline is sent later.
 */
import { liveFormsParts } from './live-forms.js'
import { Announcer } from './room-announcer.js'
import { Asking } from './room-asking.js'
import { Motions } from './room-motions.js'
import { RoomConnection } from './room-connection.js'
import { RoomParts } from './room-parts.js'
import { RoomPolls } from './room-polls.js'
import { Slate } from './room-slate.js'
import { Speakers, wallClock } from './room-speakers.js'
import { localStorageOrNull } from './storage.js'
import { TakingPart } from './taking-part.js'
import { Words, readJson, sayNotice } from './room-words.js'

export class Room {
  /** `parts` make the room's other parts (polls, speakers, …) from the room; RoomParts says what a part may do. */
  constructor (root, { openSocket, fetch, clock, storage, words, states, isOnline, newKey, parts = [] }) {
    Object.assign(this, { root, words, states, isOnline })
    this.waiting = new Map() // questions that are known but not shown yet, so that nothing moves
    this.supportOf = new Map()
    this.answering = Number(root.querySelector('.wm-question[data-answering]')?.dataset.question) || null
    this.asking = new Asking(this, { storage, newKey, clock })
    this.announcer = new Announcer(this.part('announcer'), clock, (count, text) =>
      count === 1 ? words.say('newQuestion', { text }) : words.count('newQuestions', count))
    this.connection = new RoomConnection({
      url: root.dataset.socket,
      openSocket,
      clock,
      epoch: root.dataset.epoch,
      sequence: Number(root.dataset.sequence),
      mine: () => this.asking.keys,
      also: () => (this.part('hand-button')?.getAttribute('aria-pressed') === 'true' ? { hand: true } : {}),
      fetchSnapshot: () => this.fetchSnapshot(fetch),
      refusals: { too_large: words.say('tooLong'), stopped: words.say('stopped'), by_http: words.say('sendAgain') },
      on: {
        welcome: (frame) => this.parts.welcome(frame),
        snapshot: (frame) => this.showSnapshot(frame),
        event: (event) => this.showEvent(event),
        counts: (frame) => {
          this.showCounts(frame)
          this.parts.counts(frame)
        },
        fate: (frame) => this.asking.showFate(frame),
        ownHand: (frame) => this.parts.ownHand(frame),
        status: (status) => this.showStatus(status)
      }
    })
    this.parts = new RoomParts(parts.map((make) => make(this)))
    this.listen()
  }

  start () {
    this.connection.connect()
    this.asking.start()
  }

  part (name) {
    return this.root.querySelector(`[data-part="${name}"]`)
  }

  listen () {
    this.part('show-new').addEventListener('click', () => this.showWaiting(true))
    this.part('questions').addEventListener('submit', (event) => this.support(event))
    this.asking.listen()
  }

  /** The browser says that the network is back. */
  cameOnline () {
    this.connection.hurry()
  }

  /** Whether what is sent goes out at once. */
  isConnected () {
    return this.connection.isOpen && this.isOnline()
  }

  wentOffline () {
    this.connection.wentOffline()
    this.showStatus('offline')
  }

  async fetchSnapshot (fetch) {
    const response = await fetch(this.root.dataset.questions, { headers: { Accept: 'application/json' } })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return response.json()
  }

  // What the server says ---------------------------------------------------------------------------------------------

  showSnapshot (frame) {
    if (frame.room.state === 'exempt') { // it holds nothing: what was public before stays as it is, out of sight
      this.showRoom(frame.room)
      this.showCounts(frame)
      this.parts.snapshot(frame)
      return
    }
    const known = new Map(frame.questions.map((question) => [question.id, question]))
    for (const element of this.shown()) {
      const question = known.get(Number(element.dataset.question))
      if (question) this.fill(element, question)
      else this.removeQuestion(Number(element.dataset.question))
    }
    for (const id of this.waiting.keys()) if (!known.has(id)) this.waiting.delete(id)
    for (const question of known.values()) this.takeQuestion(question)
    this.showRoom(frame.room)
    this.showAnswering(frame.room.question)
    this.showCounts(frame)
    this.parts.snapshot(frame)
  }

  showEvent ({ kind, payload }) {
    if (kind === 'question') this.takeQuestion(payload)
    if (kind === 'question_removed') this.removeQuestion(payload.id, payload.into)
    if (kind === 'room') {
      this.showRoom(payload)
      this.showAnswering(payload.question)
    }
    if (kind === 'agenda') this.showAgenda(payload.agenda_item, true)
    this.parts.event({ kind, payload })
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

  removeQuestion (id, into = null) {
    this.waiting.delete(id)
    this.showNewButton()
    const element = this.find(id)
    if (!element || element.dataset.state === 'removed') return
    element.dataset.state = 'removed'
    element.querySelector('[data-part="support"]').hidden = true
    for (const field of element.querySelectorAll('[data-field]')) field.textContent = ''
    const text = element.querySelector('[data-field="text"]')
    text.textContent = this.words.say(into ? 'joined' : 'removed')
    if (into) text.append(' ', this.linkTo(into))
  }

  linkTo (question) {
    const link = this.root.ownerDocument.createElement('a')
    link.className = 'govuk-link'
    link.href = `#question-${question}`
    link.textContent = this.words.say('seeIt')
    return link
  }

  /** Mark the question being answered, and say which it is; one that waits to be shown is marked when it is built. */
  showAnswering (id) {
    if (id === this.answering) return
    this.answering = id
    this.root.querySelector('.wm-question[data-answering]')?.removeAttribute('data-answering')
    const now = id ? this.find(id) : null
    now?.setAttribute('data-answering', '')
    const text = now?.querySelector('[data-field="text"]').textContent ?? this.waiting.get(id)?.text
    if (text) this.announcer.say(this.words.say('answeringNow', { text }))
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
      const isPrivate = state === 'exempt'
      const isOver = isPrivate || !this.takesQuestions(state)
      for (const name of ['ask', 'sticky']) if (this.part(name)) this.part(name).hidden = isOver
      this.part('resting').hidden = !isPrivate
      this.part('questions').hidden = isPrivate
      for (const button of this.root.querySelectorAll('.wm-support')) button.disabled = isOver
      this.asking.showOwn() // whether words can go back into the form
    }
    this.showAgenda(item, false)
  }

  /** Until a moment of its own, or as long as the room is open. */
  takesQuestions (state) {
    const until = this.root.dataset.questionsClose
    return until ? Date.now() < Date.parse(until) : state !== 'closed'
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

  showStatus (status) {
    this.status = status
    const known = this.isOnline() ? status : 'offline'
    const sentences = [this.words.say(known)]
    if (known === 'live' && this.present) sentences.push(this.words.count('present', this.present))
    this.root.dataset.connection = known
    this.part('status').textContent = sentences.join(' · ')
    this.asking.connectionIs(known)
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
    element.toggleAttribute('data-answering', question.id === this.answering)
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
    set('notice', sayNotice(this.words, question))
    set('edited', question.is_edited ? this.words.say('edited') : '')
    set('answered', this.sayAnswered(question))
    set('answer', question.answer)
    set('support-name', `: ${question.text.slice(0, 60)}`)
  }

  sayAnswered ({ state, answered_by: name, answered_how: how }) {
    if (state !== 'answered') return ''
    const sentences = [name ? this.words.say('answeredBy', { name }) : '']
    if (how) sentences.push(this.words.say(how === 'live' ? 'answeredLive' : 'answeredInWriting'))
    return sentences.join(' ').trim()
  }

  // What the reader does ---------------------------------------------------------------------------------------------

  async support (event) {
    if (!this.connection.takesCommands) return // the form is posted
    event.preventDefault()
    const form = event.target
    const button = form.querySelector('button')
    const question = Number(form.elements.question.value)
    const isGiven = button.getAttribute('aria-pressed') === 'true'
    button.setAttribute('aria-pressed', String(!isGiven))
    this.sayRefused(form, '')
    const command = { type: isGiven ? 'withdraw_support' : 'support', question }
    const answer = await this.connection.command(command, `support-${question}`)
    if (answer.type === 'ack') this.markWithdraw(form, !isGiven)
    if (answer.type !== 'refused') return
    button.setAttribute('aria-pressed', String(isGiven))
    this.sayRefused(form, answer.message)
  }

  /** In the question whose button was pressed, since the top of the page may be far away. */
  sayRefused (form, message) {
    const question = form.closest('[data-question]')
    question.querySelector('[data-part="support-error"]')?.remove()
    if (!message) return
    const error = form.ownerDocument.createElement('p')
    error.className = 'govuk-error-message wm-question__refused'
    error.dataset.part = 'support-error'
    error.setAttribute('role', 'alert')
    error.textContent = message
    question.querySelector('.wm-question__said').append(error)
  }

  /** So that the plain form, too, does the opposite next time. */
  markWithdraw (form, isGiven) {
    form.elements.withdraw?.remove()
    if (!isGiven) return
    const field = form.ownerDocument.createElement('input')
    Object.assign(field, { type: 'hidden', name: 'withdraw', value: 'on' })
    form.append(field)
  }
}

function start (root) {
  const scheme = window.location.protocol === 'https:' ? 'wss:' : 'ws:'
  const language = document.documentElement.lang || 'en'
  const words = new Words(readJson(document, 'room-words'), language)
  const room = new Room(root, {
    openSocket: (path) => new WebSocket(`${scheme}//${window.location.host}${path}`),
    fetch: window.fetch.bind(window),
    clock: {
      setTimeout: window.setTimeout.bind(window),
      clearTimeout: window.clearTimeout.bind(window),
      now: () => performance.now(),
      random: Math.random
    },
    storage: localStorageOrNull(),
    words,
    states: readJson(document, 'room-states'),
    isOnline: () => navigator.onLine,
    newKey: () => crypto.randomUUID?.() ?? randomKey(),
    parts: [
      (room) => new Slate(room.root, { words: readJson(document, 'slate-words') }),
      (room) => new Speakers(root, {
        clock: wallClock(),
        words: room.words,
        announce: (sentence) => room.announcer.say(sentence),
        business: readJson(document, 'room-business'),
        item: Number(root.querySelector('[data-item][aria-current]')?.dataset.item) || null
      }),
      (room) => new Motions(root, {
        words,
        announce: (sentence) => room.announcer.say(sentence),
        business: readJson(document, 'room-business')
      }),
      (room) => new TakingPart(root, {
        connection: room.connection,
        isConnected: () => room.isConnected(),
        words: room.words,
        announce: (sentence) => room.announcer.say(sentence)
      }),
      (room) => new RoomPolls(root, {
        connection: room.connection,
        isConnected: () => room.isConnected(),
        polls: readJson(document, 'room-polls'),
        words: room.words,
        announce: (sentence) => room.announcer.say(sentence)
      }),
      ...liveFormsParts(root, words)
    ]
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
