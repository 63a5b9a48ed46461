/** A councillor's page of a meeting: what is assigned to them comes and goes by itself, and answers are proposed in place. */
import { tooLong } from './form-fields.js'
import { Announcer } from './room-announcer.js'
import { RoomConnection } from './room-connection.js'
import { Words, readJson, sayNotice } from './room-words.js'

export class Assigned {
  constructor (root, { openSocket, clock, words, isOnline = () => true }) {
    Object.assign(this, { root, words, isOnline })
    this.announcer = new Announcer(this.part('announcer'), clock, (_count, text) => words.say('newlyAssigned', { text }))
    this.connection = new RoomConnection({
      url: root.dataset.socket,
      openSocket,
      clock,
      epoch: root.dataset.epoch,
      sequence: Number(root.dataset.sequence),
      mine: () => [],
      refusals: { too_large: words.say('tooLong'), stopped: words.say('stopped') },
      on: {
        snapshot: (frame) => this.showSnapshot(frame),
        event: ({ kind, payload }) => {
          if (kind === 'question') this.show(payload)
          if (kind === 'question_removed') this.remove(payload.id)
        },
        status: (status) => { this.part('status').textContent = words.say(status) }
      }
    })
    root.addEventListener('submit', (event) => this.submitted(event))
  }

  start () {
    this.connection.connect()
  }

  part (name, within = this.root) {
    return within.querySelector(`[data-part="${name}"]`)
  }

  cards () {
    return [...this.part('questions').children]
  }

  /** While a session is private its questions are told to nobody: they come back with what was typed below them. */
  showSnapshot ({ questions, room }) {
    const isPrivate = room.state === 'exempt'
    this.part('private').hidden = !isPrivate
    this.part('questions').hidden = isPrivate
    if (isPrivate) {
      this.part('none').hidden = true
      return
    }
    const known = new Set(questions.map(({ id }) => id))
    for (const card of this.cards()) if (!known.has(Number(card.dataset.question))) this.remove(card.dataset.question)
    for (const question of questions) this.show(question)
    this.count()
  }

  show (question) {
    const shown = this.root.querySelector(`[data-question="${question.id}"]`)
    const card = shown ?? this.build(question)
    const set = (field, text) => { card.querySelector(`[data-field="${field}"]`).textContent = text }
    set('text', question.text)
    set('ward', question.ward ? this.words.say('from', { ward: question.ward }) : '')
    set('notice', sayNotice(this.words, question))
    set('state', this.words.words.state[question.state])
    set('answer', question.answer)
    const { answer } = card.querySelector('form').elements
    if (answer.value === answer.defaultValue) answer.value = answer.defaultValue = question.proposed_answer
    if ('takenBack' in card.dataset) this.giveAgain(card)
    if (shown) return
    this.part('questions').append(card)
    this.announcer.question(question.text)
    this.count()
  }

  build (question) {
    const card = this.part('question-template').content.firstElementChild.cloneNode(true)
    card.id = `question-${question.id}`
    card.dataset.question = question.id
    const form = card.querySelector('form')
    form.action = form.dataset.action.replace('/assigned/0/', `/assigned/${question.id}/`)
    card.querySelector('label').htmlFor = `proposed-${question.id}`
    card.querySelector('textarea').id = `proposed-${question.id}`
    return card
  }

  /** A question is this councillor's no more. What they have written and not sent stays. */
  remove (id) {
    const card = this.root.querySelector(`[data-question="${id}"]`)
    if (!card) return
    const { answer } = card.querySelector('form').elements
    if (answer.value === answer.defaultValue) {
      card.remove()
      this.count()
      return
    }
    card.dataset.takenBack = 'yes'
    card.querySelector('button').hidden = true
    this.refuse(card, this.words.say('takenBack'))
  }

  giveAgain (card) {
    delete card.dataset.takenBack
    card.querySelector('button').hidden = false
    this.part('error', card).hidden = true
  }

  count () {
    this.part('none').hidden = this.cards().length > 0
  }

  async submitted (event) {
    const card = event.target.closest('[data-question]')
    const { answer } = event.target.elements
    const isOpen = this.connection.isOpen
    if (!isOpen && this.isOnline()) return
    event.preventDefault()
    if (!isOpen || tooLong(event.target)) {
      this.refuse(card, this.words.say(isOpen ? 'answerTooLong' : 'notReached'))
      answer.focus()
      return
    }
    const sent = answer.value
    const told = await this.connection.command({
      type: 'propose_answer', question: Number(card.dataset.question), answer: sent
    })
    if (told.type !== 'ack') {
      this.refuse(card, told.message)
      answer.focus()
      return
    }
    this.part('error', card).hidden = true
    answer.defaultValue = sent // and what was typed since is still to be sent
    this.announcer.say(this.words.say('proposed'))
    this.part('status').textContent = this.words.say('proposed')
  }

  refuse (card, message) {
    const error = this.part('error', card)
    error.textContent = message
    error.hidden = false
  }
}

function start (root) {
  const scheme = window.location.protocol === 'https:' ? 'wss:' : 'ws:'
  const page = new Assigned(root, {
    openSocket: (path) => new WebSocket(`${scheme}//${window.location.host}${path}`),
    clock: {
      setTimeout: window.setTimeout.bind(window),
      clearTimeout: window.clearTimeout.bind(window),
      now: () => performance.now(),
      random: Math.random
    },
    words: new Words(readJson(document, 'room-words'), document.documentElement.lang || 'en'),
    isOnline: () => navigator.onLine
  })
  window.addEventListener('online', () => page.connection.hurry())
  page.start()
}

if (typeof document !== 'undefined') document.querySelectorAll('[data-module="assigned"]').forEach(start)
