/**
 * The officer's desk, kept live: questions move from lane to lane as they are decided, here or by a colleague. Every
 * button is a form that posts without this.
 */
import { DeskClock } from './desk-clock.js'
import { Here } from './desk-here.js'
import { Keys } from './desk-keys.js'
import { OwnForms } from './desk-own-forms.js'
import { DeskQuestions } from './desk-questions.js'
import { Regions } from './desk-regions.js'
import { FIELDS, focusField, holdCursor, isChanged, isText, noteSent, tooLong } from './form-fields.js'
import { liveFormsIn, liveFormsParts } from './live-forms.js'
import { Announcer } from './room-announcer.js'
import { RoomConnection } from './room-connection.js'
import { RoomParts } from './room-parts.js'
import { wallClock } from './room-speakers.js'
import { Words, readJson, sayNotice } from './room-words.js'
import { localStorageOrNull } from './storage.js'

export class Desk {
  /** `parts` make the desk's other parts (polls, speakers, …) from the desk; RoomParts says what a part may do. */
  constructor (root, { openSocket, clock, words, states, changes, parts = [], isOnline = () => true }) {
    Object.assign(this, { root, clock, words, states, changes, isOnline })
    this.sending = new Set() // forms on their way: what stands in them is not lost
    this.announcer = new Announcer(this.part('announcer'), clock, (count, text) =>
      count === 1 ? words.say('newQuestion', { text }) : words.count('newQuestions', count))
    this.connection = new RoomConnection({
      url: root.dataset.socket,
      openSocket,
      clock,
      epoch: root.dataset.epoch,
      sequence: Number(root.dataset.sequence),
      mine: () => [],
      refusals: { too_large: words.say('tooLong'), stopped: words.say('stopped') },
      on: {
        welcome: (frame) => this.parts.welcome(frame),
        snapshot: (frame) => this.showSnapshot(frame),
        event: (event) => this.showEvent(event),
        counts: (frame) => {
          this.showCounts(frame)
          this.parts.counts(frame)
        },
        here: (frame) => this.parts.here(frame),
        holding: (frame) => this.parts.holding(frame),
        status: (status) => { this.part('status').textContent = words.say(status) }
      }
    })
    this.parts = new RoomParts(parts.map((make) => make(this)))
    root.addEventListener('submit', (event) => this.submitted(event))
    root.addEventListener('focusout', ({ target }) => this.left(target.closest('[data-overtaken]')))
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
    this.parts.snapshot(frame)
  }

  showEvent ({ kind, payload }) {
    if (kind === 'question') this.showQuestion(payload)
    if (kind === 'room') this.showRoom(payload)
    if (kind === 'agenda') this.showAgenda(payload.agenda_item)
    this.parts.event({ kind, payload })
  }

  showQuestion (question) {
    const known = this.root.querySelector(`[data-question="${question.id}"]`)
    const lane = this.root.querySelector(`[data-lane="${question.state}"]`)
    if (!lane) {
      this.removeQuestion(known, question.state)
      return
    }
    const card = known ?? this.build(question)
    const active = card.ownerDocument.activeElement
    const hadFocus = card.contains(active)
    const comeBack = hadFocus && this.isTypedIn(active) ? holdCursor(active) : null
    const next = card.nextElementSibling ?? card.previousElementSibling
    const hasMoved = !known || card.dataset.state !== question.state
    this.fill(card, question)
    if (!hasMoved) return
    if (known && this.isBeingFilledIn(card)) this.sayOvertaken(card)
    const from = card.closest('[data-lane]')
    this.part('list', lane).append(card)
    for (const one of [lane, from]) if (one) this.count(one)
    // Whoever types goes on typing. Whoever works through a lane by keyboard goes on with the next card, not at the top
    // of the page.
    if (comeBack) comeBack()
    else if (hadFocus) (next ?? from.querySelector('.wm-lane__title')).focus()
    if (!known && question.state === 'held') this.announcer.question(question.text)
  }

  /** A question that was joined to another has no place in a lane; its card goes when nobody types in it any more. */
  removeQuestion (card, state) {
    if (!card) return
    const active = card.ownerDocument.activeElement
    const hadFocus = card.contains(active)
    const lane = card.closest('[data-lane]')
    const next = card.nextElementSibling ?? card.previousElementSibling ?? lane.querySelector('.wm-lane__title')
    card.dataset.state = state
    if ([...this.sending].some((form) => card.contains(form))) return // the answer tells what becomes of it
    if (this.isBeingFilledIn(card)) {
      this.sayOvertaken(card)
      if (hadFocus && active.closest('[hidden]')) next.focus()
      return
    }
    card.remove()
    this.count(lane)
    if (hadFocus) next.focus()
  }

  /** A colleague has decided while something was being typed here: it stays, where else its form would go. */
  sayOvertaken (card) {
    this.keep(card)
    const error = this.part('error', card)
    error.textContent = this.words.say('overtaken')
    error.hidden = false
  }

  keep (card) {
    card.dataset.overtaken = 'yes'
    this.offerDecisions(card)
  }

  hasLane ({ dataset }) {
    return Boolean(this.root.querySelector(`[data-lane="${dataset.state}"]`))
  }

  /** Whoever typed in a card that a colleague had decided on has gone elsewhere: if they left nothing, it is in order. */
  left (card) {
    if (!card) return
    this.clock.setTimeout(() => {
      if (card.contains(card.ownerDocument.activeElement) || this.isBeingFilledIn(card)) return
      delete card.dataset.overtaken
      this.part('error', card).hidden = true
      if (this.hasLane(card)) this.offerDecisions(card)
      else this.removeQuestion(card, card.dataset.state)
    }, 0) // by then the cursor is where it goes
  }

  isTypedIn (field) {
    return field.matches(FIELDS) && !this.sending.has(field.form)
  }

  /** Whether somebody types inside an element, or has typed there what is not sent yet. */
  isBeingFilledIn (element) {
    const active = element.ownerDocument.activeElement
    return [...element.querySelectorAll(FIELDS)].some((field) =>
      this.isTypedIn(field) && (field === active || (isText(field) && isChanged(field))))
  }

  build (question) {
    const card = this.part('question-template').content.firstElementChild.cloneNode(true)
    card.id = `question-${question.id}`
    card.dataset.question = question.id
    for (const form of card.querySelectorAll('form')) {
      form.action = form.dataset.action.replace('/question/0/', `/question/${question.id}/`)
    }
    const work = this.part('work', card)
    work.href = work.dataset.href.replace('/question/0/', `/question/${question.id}/`)
    for (const name of ['answer', 'answered_by', 'how', 'reason']) {
      card.querySelector(`label[for="${name}-new"]`).htmlFor = `${name}-${question.id}`
      card.querySelector(`[name="${name}"]`).id = `${name}-${question.id}`
    }
    return card
  }

  fill (card, question) {
    const set = (field, text) => { card.querySelector(`[data-field="${field}"]`).textContent = text }
    card.dataset.state = question.state
    set('text', question.text)
    set('number', this.words.say('number', { number: question.id }))
    set('asker', question.asker_name)
    set('ward', question.ward ? this.words.say('from', { ward: question.ward }) : '')
    set('notice', sayNotice(this.words, question))
    set('found', this.sayFindings(question.findings))
    set('reason', question.reason)
    set('answer', question.answer)
    this.offerDecisions(card)
  }

  sayFindings (findings) {
    const kinds = new Set(findings.map(({ kind }) => this.words.words.findings[kind]))
    return kinds.size ? this.words.say('found', { kinds: [...kinds].join(', ') }) : ''
  }

  /** Only what can be decided from where the question stands, and what somebody is typing. */
  offerDecisions (card) {
    for (const element of card.querySelectorAll('[data-when]')) {
      element.hidden = !element.dataset.when.split(' ').includes(card.dataset.state) && !this.isBeingFilledIn(element)
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
    const pressed = this.root.ownerDocument.activeElement?.closest('[data-offered]')
    for (const change of this.root.querySelectorAll('[data-offered]')) {
      change.hidden = !offered.includes(change.dataset.offered)
    }
    if (pressed?.hidden) this.root.querySelector('[data-offered]:not([hidden]) :is(button, summary)')?.focus()
    if (this.root.dataset.state === 'exempt' && state !== 'exempt') this.part('look-inside').hidden = false
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

  /** A form of the desk: sent over the socket while there is one, posted otherwise; not where that leads off the page. */
  async submitted (event) {
    if (event.defaultPrevented) return // a live part sends its forms itself
    const form = event.target
    const card = form.closest('[data-question], [data-offered]')
    if (!this.connection.isOpen) {
      if (this.isOnline()) return
      event.preventDefault()
      this.refuse(form, card, this.words.say('notReached'))
      return
    }
    const frame = this.parts.command(form) ??
      (form.elements.decision ? this.decision(card, form) : this.roomCommand(form))
    if (!frame) return
    event.preventDefault()
    const long = tooLong(form)
    if (long) {
      this.refuse(form, card, this.words.say('answerTooLong'), long.name)
      return
    }
    const sent = new FormData(form)
    const state = card?.dataset.state
    this.sending.add(form)
    const answer = await this.connection.command(frame)
    this.sending.delete(form)
    const isOvertaken = card?.dataset.state !== state
    if (answer.type !== 'ack') {
      if (isOvertaken) this.keep(card)
      this.refuse(form, card, answer.message, answer.field)
      return
    }
    noteSent(form, sent)
    const error = card && this.part('error', card)
    if (error) error.hidden = true
    this.parts.done(form)
    for (const details of card?.querySelectorAll('.wm-card__more[open], .wm-roomchange__more[open]') ?? []) fold(details)
    if (isOvertaken && !this.hasLane(card)) this.removeQuestion(card, card.dataset.state)
  }

  /** Say why a form did nothing, beside it where there is a place for that. */
  refuse (form, card, message, field = '') {
    const error = card && this.part('error', card)
    if (error) {
      error.textContent = message
      error.hidden = false
      focusField(form, field)
    } else {
      this.part('status').textContent = message
      this.announcer.say(message)
    }
  }

  decision (card, form) {
    const question = Number(card.dataset.question)
    const { decision, reason, answer, how, answered_by: by } = form.elements
    if (decision.value === 'answer') {
      return { type: 'answer', question, answer: answer.value, how: how.value || null, answered_by: by.value }
    }
    return { type: 'decide', question, decision: decision.value, reason: reason?.value ?? '' }
  }

  roomCommand (form) {
    if (form.dataset.change) {
      const { paragraph, until } = form.elements
      return {
        type: 'room',
        change: form.dataset.change,
        paragraph: Number(paragraph?.value) || null,
        until: until?.value || null
      }
    }
    if (form.dataset.agenda !== undefined) return { type: 'agenda', item: Number(form.dataset.agenda) || null }
    return null
  }
}

/** Whoever was inside stays at it, and is not thrown to the top of the page. */
function fold (details) {
  if (details.contains(details.ownerDocument.activeElement)) details.querySelector('summary').focus()
  details.open = false
}

function start (root) {
  const scheme = window.location.protocol === 'https:' ? 'wss:' : 'ws:'
  const words = new Words(readJson(document, 'room-words'), document.documentElement.lang || 'en')
  const desk = new Desk(root, {
    openSocket: (path) => new WebSocket(`${scheme}//${window.location.host}${path}`),
    clock: {
      setTimeout: window.setTimeout.bind(window),
      clearTimeout: window.clearTimeout.bind(window),
      now: () => performance.now(),
      random: Math.random
    },
    words,
    isOnline: () => navigator.onLine,
    states: readJson(document, 'room-states'),
    changes: readJson(document, 'room-changes'),
    parts: [
      ...liveFormsParts(root, words),
      ...[...root.querySelectorAll('[data-own-forms]')].map((element) => () => new OwnForms(
        liveFormsIn(element, words),
        { kinds: element.dataset.ownForms.split(' '), clock: { setTimeout: window.setTimeout.bind(window) } }
      )),
      () => new DeskClock(root, { clock: wallClock(), words }),
      () => new Here(root),
      (desk) => new DeskQuestions(desk, {
        fetch: window.fetch.bind(window),
        clock: { setTimeout: window.setTimeout.bind(window), clearTimeout: window.clearTimeout.bind(window) },
        parse: (html) => new DOMParser().parseFromString(html, 'text/html') // inert: no script in it runs
      })
    ]
  })
  window.addEventListener('online', () => desk.connection.hurry())
  desk.start()
  const regions = new Regions(root, {
    clock: { setTimeout: window.setTimeout.bind(window) },
    observe: (element, changed) => new MutationObserver(changed).observe(element, {
      subtree: true, childList: true, attributes: true, attributeFilter: ['data-state', 'data-waits']
    })
  })
  new Keys(root, { storage: localStorageOrNull(), goTo: (region) => regions.goTo(region) })
}

if (typeof document !== 'undefined') document.querySelectorAll('[data-module="desk"]').forEach(start)
