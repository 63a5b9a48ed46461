/**
 * The reader's own questions: taken from the form, kept in the browser until they are acknowledged, sent when there is a
 * connection, and told what became of them.
 */
import { focusField } from './form-fields.js'
import { OwnQuestions } from './room-unsent.js'

const SAID = {
  held: 'ownHeld',
  published: 'ownPublished',
  answered: 'ownAnswered',
  withheld: 'ownWithheld',
  merged: 'ownMerged',
  mergedAnswered: 'ownMergedAnswered',
  mergedWithheld: 'ownMergedWithheld'
}
const MERGED = { answered: 'mergedAnswered', withheld: 'mergedWithheld' }

export class Asking {
  /** @param {Room} room whose parts, words, announcer and connection are used */
  constructor (room, { storage, newKey, clock }) {
    Object.assign(this, { room, newKey, clock })
    this.own = new OwnQuestions(room.root.dataset.room, storage)
    this.underway = new Set()
  }

  get keys () {
    return this.own.keys
  }

  listen () {
    this.part('ask-form')?.addEventListener('submit', (event) => this.ask(event))
    this.part('to-ask')?.addEventListener('click', (event) => this.openAsk(event))
  }

  start () {
    this.showOwn()
    this.sendUnsent()
  }

  part (name) {
    return this.room.part(name)
  }

  openAsk (event) {
    event.preventDefault()
    this.part('ask').open = true
    this.part('ask-form').elements.text.focus()
  }

  ask (event) {
    const form = event.target
    const text = form.elements.text.value.trim()
    if (this.room.connection.isFull) return // there is no socket to send it by, and its fate is told on the page
    if (form.elements.ward) return // a choice of wards is the server's to check
    if (!text || text.length > 500) return // the server says what is wrong, with the error summary
    event.preventDefault()
    this.own.keep(fieldsOf(form))
    form.elements.key.value = this.newKey()
    form.elements.text.value = ''
    form.elements.supplementary_to.value = '' // there is only one
    form.elements.text.dispatchEvent(new Event('input', { bubbles: true }))
    this.part('ask-error').hidden = true
    this.part('ask').open = false
    this.showOwn()
    this.part('own').focus() // and so into view: what happens to the question is told there
    this.sendUnsent()
  }

  sendUnsent () {
    for (const question of this.own.unsent) {
      if (this.underway.has(question.key)) continue
      this.underway.add(question.key)
      this.send(question).finally(() => this.underway.delete(question.key))
    }
  }

  async send ({ state, reason, into, ...fields }) {
    const answer = await this.room.connection.command({ type: 'ask', ...fields })
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
    for (const [name, value] of Object.entries(fields)) {
      const field = form.elements[name]
      if (field?.type === 'checkbox') field.checked = value
      else if (field) field.value = value ?? ''
    }
    this.part('ask').open = true
    if (answer.reason === 'ward_unclear') {
      form.submit() // the page that comes back holds the choice of wards
      return
    }
    const error = this.part('ask-error')
    error.textContent = answer.message
    error.hidden = false
    if (!focusField(form, answer.field)) form.elements.text.focus()
  }

  showFate ({ key, state, reason, into = null, into_state: intoState = null }) {
    const told = { state: state === 'merged' ? MERGED[intoState] ?? state : state, reason, into }
    if (!this.own.note(key, told)) return
    this.room.announcer.say(this.room.words.say(SAID[told.state], { reason }))
    this.showOwn()
  }

  /** The reader's own questions and what became of them. */
  showOwn () {
    const list = this.part('own')
    list.replaceChildren(...this.own.questions.slice().reverse().map((question) => this.build(question)))
    list.hidden = this.own.questions.length === 0
  }

  build (question) {
    const document = this.room.root.ownerDocument
    const element = document.createElement('li')
    element.className = `wm-own__item wm-own__item--${question.state}`
    const fate = document.createElement('p')
    fate.className = 'wm-own__fate'
    fate.textContent = this.sayFate(question)
    if (question.into) fate.append(' ', this.room.linkTo(question.into))
    const text = document.createElement('p')
    text.className = 'wm-own__text'
    text.textContent = question.text
    element.append(fate, text)
    return element
  }

  sayFate ({ state, reason }) {
    if (state === 'unsent') return this.room.words.say(this.room.connection.isOpen ? 'sending' : 'kept')
    return this.room.words.say(SAID[state], { reason })
  }
}

/** What a form to ask by holds, as the frame that asks. Fields that this meeting does not ask for are left out. */
function fieldsOf (form) {
  const { elements } = form
  const isTicked = (field) => field?.type === 'checkbox' ? field.checked : Boolean(field?.value)
  const number = (field) => Number(field?.value) || null
  return {
    key: elements.key.value,
    text: elements.text.value.trim(),
    name: elements.name.value,
    name_is_public: isTicked(elements.name_is_public),
    email: elements.email?.value ?? '',
    postcode: elements.postcode.value,
    agenda_item: number(elements.agenda_item),
    on_notice: isTicked(elements.on_notice),
    councillor: number(elements.councillor),
    supplementary_to: number(elements.supplementary_to)
  }
}
