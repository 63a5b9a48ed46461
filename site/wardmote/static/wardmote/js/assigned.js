/** A councillor's page of a meeting: what is assigned to them comes and goes by itself, and answers are proposed in place. */
import { Announcer } from './room-announcer.js'
import { RoomConnection } from './room-connection.js'
import { Words, readJson, sayNotice } from './room-words.js'

export class Assigned {
  constructor (root, { openSocket, clock, words }) {
    Object.assign(this, { root, words })
    this.announcer = new Announcer(this.part('announcer'), clock, (_count, text) => words.say('newlyAssigned', { text }))
    this.connection = new RoomConnection({
      url: root.dataset.socket,
      openSocket,
      clock,
      epoch: root.dataset.epoch,
      sequence: Number(root.dataset.sequence),
      mine: () => [],
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

  showSnapshot ({ questions }) {
    const known = new Set(questions.map(({ id }) => id))
    for (const card of this.cards()) if (!known.has(Number(card.dataset.question))) card.remove()
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

  remove (id) {
    this.root.querySelector(`[data-question="${id}"]`)?.remove()
    this.count()
  }

  count () {
    this.part('none').hidden = this.cards().length > 0
  }

  async submitted (event) {
    if (!this.connection.isOpen) return
    event.preventDefault()
    const card = event.target.closest('[data-question]')
    const { answer } = event.target.elements
    const told = await this.connection.command({
      type: 'propose_answer', question: Number(card.dataset.question), answer: answer.value
    })
    const error = this.part('error', card)
    error.hidden = told.type === 'ack'
    if (told.type === 'ack') {
      answer.defaultValue = answer.value
      this.announcer.say(this.words.say('proposed'))
      this.part('status').textContent = this.words.say('proposed')
    } else {
      error.textContent = told.message
      answer.focus()
    }
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
    words: new Words(readJson(document, 'room-words'), document.documentElement.lang || 'en')
  })
  window.addEventListener('online', () => page.connection.hurry())
  page.start()
}

if (typeof document !== 'undefined') document.querySelectorAll('[data-module="assigned"]').forEach(start)
