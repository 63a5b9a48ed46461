/**
 * The chamber's big screen: a reader of the room that shows what is being taken and the most supported open questions.
 * The page is whole without this, and then loads itself again.
 */
import { RoomConnection } from './room-connection.js'
import { ScreenVote } from './room-motions.js'
import { RoomParts } from './room-parts.js'
import { Slate } from './room-slate.js'
import { Speakers, wallClock } from './room-speakers.js'
import { Words, readJson } from './room-words.js'
import { ScreenPolls } from './screen-polls.js'

export class Screen {
  constructor (root, { openSocket, fetch, clock, words, states, slate, parts = [] }) {
    Object.assign(this, { root, words, states, slate })
    this.questions = new Map()
    this.support = new Map()
    this.connection = new RoomConnection({
      url: root.dataset.socket,
      openSocket,
      clock,
      epoch: '', // begins with a snapshot: the page holds only the questions it shows
      sequence: 0,
      mine: () => [],
      fetchSnapshot: () => this.fetchSnapshot(fetch),
      on: {
        welcome: (frame) => this.parts.welcome(frame),
        snapshot: (frame) => this.showSnapshot(frame),
        event: (event) => this.showEvent(event),
        counts: (frame) => this.showCounts(frame),
        status: (status) => { root.dataset.connection = status }
      }
    })
    this.parts = new RoomParts(parts)
  }

  start () {
    this.connection.connect()
  }

  part (name) {
    return this.root.querySelector(`[data-part="${name}"]`)
  }

  async fetchSnapshot (fetch) {
    const response = await fetch(this.root.dataset.questions, { headers: { Accept: 'application/json' } })
    if (!response.ok) throw new Error(`status ${response.status}`)
    return response.json()
  }

  showSnapshot (frame) {
    this.questions = new Map(frame.questions.map((question) => [question.id, question]))
    this.support = new Map(Object.entries(frame.support).map(([id, count]) => [Number(id), count]))
    this.showRoom(frame.room)
    this.showQuestions()
    this.parts.snapshot(frame)
  }

  showEvent ({ kind, payload }) {
    if (kind === 'question') this.questions.set(payload.id, payload)
    if (kind === 'question_removed') this.questions.delete(payload.id)
    if (kind === 'room') this.showRoom(payload)
    if (kind === 'agenda') this.showItem(payload.agenda_item)
    this.showQuestions()
    this.parts.event({ kind, payload })
  }

  showCounts ({ support }) {
    for (const [id, count] of Object.entries(support)) this.support.set(Number(id), count)
    this.showQuestions()
  }

  showRoom (room) {
    this.answering = room.question
    const { state, agenda_item: item } = room
    this.slate.show(room)
    const mark = this.part('state').firstElementChild
    mark.className = `wm-room__mark wm-room__mark--${state}`
    mark.textContent = this.states[state]
    this.root.dataset.state = state
    this.showItem(item)
  }

  showItem (item) {
    const named = [...this.root.querySelectorAll('[data-agenda-item]')].find((each) => Number(each.value) === item)
    this.part('item').textContent = named ? named.textContent : ''
    this.part('no-item').hidden = Boolean(item)
  }

  /** The open questions, most supported first, and among equals the latest: the order of the server's page. */
  open () {
    const count = (question) => this.support.get(question.id) ?? 0
    return [...this.questions.values()]
      .filter((question) => question.state === 'published')
      .sort((one, other) => count(other) - count(one) ||
        String(other.published_at).localeCompare(String(one.published_at)) || other.id - one.id)
      .slice(0, Number(this.root.dataset.atMost))
  }

  showQuestions () {
    const list = this.part('questions')
    const shown = this.open()
    const elements = shown.map((question) => this.fill(
      list.querySelector(`[data-question="${question.id}"]`) ?? this.build(question), question))
    if (elements.some((element, place) => element !== list.children[place]) ||
        list.children.length !== elements.length) list.replaceChildren(...elements)
    this.part('empty').hidden = shown.length > 0
    this.showAnswering(this.questions.get(this.answering))
  }

  /** The question that is being answered has the screen to itself. */
  showAnswering (question) {
    this.part('answering').hidden = !question
    this.part('asked').hidden = Boolean(question)
    this.part('answering-text').textContent = question ? question.text : ''
    this.part('answering-ward').textContent = question?.ward ? this.words.say('from', { ward: question.ward }) : ''
  }

  build (question) {
    const element = this.part('question-template').content.firstElementChild.cloneNode(true)
    element.dataset.question = question.id
    return element
  }

  fill (element, question) {
    const set = (field, text) => { element.querySelector(`[data-field="${field}"]`).textContent = text }
    const count = this.support.get(question.id) ?? 0
    set('text', question.text)
    set('ward', question.ward ? this.words.say('from', { ward: question.ward }) : '')
    set('support', count ? this.words.count('supporters', count) : '')
    return element
  }
}

function start (root) {
  const scheme = window.location.protocol === 'https:' ? 'wss:' : 'ws:'
  const words = new Words(readJson(document, 'screen-words'), document.documentElement.lang)
  const shown = {
    words,
    announce: () => {}, // nobody listens to the screen: its readers have the room's page
    business: readJson(document, 'room-business'),
    item: Number(root.dataset.item) || null
  }
  new Screen(root, {
    openSocket: (path) => new WebSocket(`${scheme}//${window.location.host}${path}`),
    fetch: window.fetch.bind(window),
    clock: {
      setTimeout: window.setTimeout.bind(window),
      clearTimeout: window.clearTimeout.bind(window),
      random: Math.random
    },
    words,
    states: readJson(document, 'room-states'),
    slate: new Slate(root, { words: readJson(document, 'slate-words') }),
    parts: [
      new Speakers(root, { ...shown, clock: wallClock() }),
      new ScreenVote(root, shown),
      new ScreenPolls(root, { ...shown, clock: wallClock() })
    ]
  }).start()
}

if (typeof document !== 'undefined') document.querySelectorAll('[data-module="screen"]').forEach(start)
