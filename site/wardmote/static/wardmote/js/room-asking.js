/**
 * The reader's own questions: taken from the form, kept in the browser until they are acknowledged, sent when there is a
 * connection, and told what became of them.
 */
import { focusField } from './form-fields.js'
import { TOO_FAST_MS } from './room-connection.js'
import { OwnQuestions } from './room-unsent.js'

const SAID = {
  held: 'ownHeld',
  published: 'ownPublished',
  answered: 'ownAnswered',
  withheld: 'ownWithheld',
  refused: 'ownRefused',
  gone: 'ownGone',
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
    this.awaited = null // key of the question whose asker has just sent it and waits for the answer
    this.removed = null // the question taken away last, so that it can be had back
    this.drawn = ''
  }

  get keys () {
    return this.own.keys
  }

  /** The form, if there is one and it can be seen: not when the meeting was closed or is in private session. */
  get form () {
    return this.part('ask')?.hidden ? null : this.part('ask-form') ?? null
  }

  listen () {
    this.part('ask-form')?.addEventListener('submit', (event) => this.ask(event))
    this.part('to-ask')?.addEventListener('click', (event) => this.openAsk(event))
    this.part('own').addEventListener('click', (event) => this.act(event))
  }

  start () {
    const isTaken = this.takeAsked()
    this.showOwn()
    if (isTaken) this.part('own').focus()
    this.sendUnsent()
  }

  /** A question that had waited here was posted as a form: the page says that it has arrived, the list goes on from there. */
  takeAsked () {
    const asked = this.part('asked')
    const { key, state } = asked?.dataset ?? {}
    const isNews = ['held', 'published'].includes(state) && this.own.note(key, { state })
    if (isNews) asked.hidden = true
    return isNews
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
    if (!this.room.connection.takesCommands) return // it is posted, and its fate is told on the page
    const wrong = text ? text.length > 500 && 'tooManyCharacters' : 'noQuestion'
    if (wrong || form.elements.ward) { // the server says what is wrong, and checks a choice of wards
      if (this.room.isConnected()) return
      event.preventDefault() // instead of the browser's own page, which would take what was typed with it
      this.sayInForm(form, this.room.words.say(wrong || 'notConnected'))
      return
    }
    event.preventDefault()
    const question = fieldsOf(form)
    this.own.keep(question)
    this.removed = null
    this.awaited = this.room.isConnected() ? question.key : null
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

  /** The connection has come, gone or changed. */
  connectionIs (status) {
    if (status !== 'live') this.awaited = null
    this.showOwn()
    if (status === 'live') this.sendUnsent()
  }

  sendUnsent () {
    for (const question of this.own.unsent) {
      if (this.underway.has(question.key)) continue
      this.underway.add(question.key)
      this.send(question).finally(() => this.underway.delete(question.key))
    }
  }

  async send ({ state, reason, into, code, field, ...fields }) {
    const answer = await this.room.connection.command({ type: 'ask', ...fields })
    if (answer.type === 'ack') {
      this.showFate({ key: fields.key, state: answer.state, reason: '' })
    } else if (answer.reason === 'too_fast') {
      await new Promise((resolve) => this.clock.setTimeout(resolve, TOO_FAST_MS)) // not with every count that comes
      this.clock.setTimeout(() => this.sendUnsent(), 0)
    } else if (['stopped', 'by_http'].includes(answer.reason)) {
      this.showOwn() // it stays; by the form it can be sent at once
    } else {
      this.giveBack(fields, answer)
    }
  }

  /**
   * The server does not take it. It stays among the reader's own questions with the reason; whoever has just sent it has
   * it back in the form as well, unless something else is written there.
   */
  giveBack (fields, { reason: code, message: reason, field = '' }) {
    this.own.refuse(fields, { code, reason, field })
    const { form } = this
    if (fields.key === this.awaited && form && !form.elements.text.value.trim()) {
      this.awaited = null
      this.takeBack(this.own.find(fields.key))
    } else {
      this.room.announcer.say(this.room.words.say('ownRefused', { reason }))
    }
    this.showOwn()
  }

  /** Into the form again, to be changed and sent under the same key. */
  takeBack (question) {
    const { form } = this
    const isOther = form.elements.key.value !== question.key && form.elements.text.value.trim()
    if (isOther) {
      this.sayInForm(form, this.room.words.say('otherInForm'))
      return
    }
    for (const [name, value] of Object.entries(question)) {
      const field = form.elements[name]
      if (field?.type === 'checkbox') field.checked = value
      else if (field) field.value = value ?? ''
    }
    form.elements.text.dispatchEvent(new Event('input', { bubbles: true }))
    this.showOwn()
    const isPosted = question.state === 'unsent' || question.code === 'ward_unclear'
    if (isPosted && (this.room.isConnected() || this.room.connection.isByHttp)) {
      form.submit() // the page that comes back holds the question's fate, or the choice of wards
      return
    }
    this.sayInForm(form, question.reason || this.room.words.say('notConnected'), question.field)
  }

  /** Above the field that is wrong, since on a phone the form is longer than the screen. */
  sayInForm (form, sentence, name = '') {
    this.part('ask').open = true
    const error = this.part('ask-error')
    const found = form.elements[name]
    const field = found?.before && found.type !== 'hidden' ? name : 'text'
    form.elements[field].before(error)
    error.textContent = sentence
    error.hidden = false
    focusField(form, field)
    error.scrollIntoView({ block: 'nearest' })
  }

  showFate ({ key, state, reason, into = null, into_state: intoState = null }) {
    const told = { state: state === 'merged' ? MERGED[intoState] ?? state : state, reason, into }
    if (!this.own.note(key, told)) return
    this.room.announcer.say(this.room.words.say(SAID[told.state], { reason }))
    this.showOwn()
  }

  // The reader's own questions and what became of them ---------------------------------------------------------------

  /** What is in the form is not shown a second time. */
  showOwn () {
    const inForm = this.form?.elements.text.value.trim() ? this.form.elements.key.value : null
    const shown = this.own.questions.filter(({ key, state }) => state !== 'refused' || key !== inForm)
    const items = shown.map((question) => this.describe(question)).reverse()
    if (this.removed) items.unshift(this.describe({ key: this.removed.key, state: 'gone', text: '' }))
    const drawn = JSON.stringify(items)
    if (drawn === this.drawn) return
    this.drawn = drawn
    const list = this.part('own')
    const focused = list.contains?.(list.ownerDocument.activeElement) ? list.ownerDocument.activeElement.id : ''
    list.replaceChildren(...items.map((item) => this.build(item)))
    list.hidden = items.length === 0
    if (focused) (list.ownerDocument.getElementById(focused) ?? list).focus()
  }

  describe (question) {
    const { key, state, text, into = null } = question
    return { key, state, text, into, fate: this.sayFate(question), acts: this.actsOn(question) }
  }

  actsOn ({ state, code }) {
    if (state === 'unsent') return this.form && this.room.connection.isByHttp ? ['sendNow'] : []
    if (state === 'gone') return ['undo']
    if (state !== 'refused') return []
    return [...this.form ? [code === 'ward_unclear' ? 'chooseWard' : 'changeOwn'] : [], 'removeOwn']
  }

  build ({ key, state, text, into, fate, acts }) {
    const item = this.make('li', `wm-own__item wm-own__item--${state}`)
    const said = this.make('p', 'wm-own__fate', fate)
    if (into) said.append(' ', this.room.linkTo(into))
    const words = this.make('p', 'wm-own__text', text)
    words.id = `own-${key}`
    item.append(said, words)
    if (acts.length) {
      const row = this.make('p', 'wm-own__acts')
      row.append(...acts.map((act) => this.button(act, key)))
      item.append(row)
    }
    return item
  }

  button (act, key) {
    const button = this.make('button', 'wm-link-button', this.say(act))
    button.type = 'button'
    button.id = `own-${act}-${key}`
    button.dataset.act = act
    button.dataset.key = key
    button.setAttribute('aria-describedby', `own-${key}`)
    return button
  }

  make (name, className, text = '') {
    return Object.assign(this.room.root.ownerDocument.createElement(name), { className, textContent: text })
  }

  say (name) {
    return this.room.words.say(name)
  }

  act (event) {
    const { act, key } = event.target.closest('[data-act]')?.dataset ?? {}
    if (act === 'undo') {
      this.own.put(this.removed)
      this.removed = null
    } else if (act === 'removeOwn') {
      this.removed = this.own.find(key)
      this.own.forget(key)
    } else if (act) {
      this.takeBack(this.own.find(key))
      return
    }
    this.showOwn()
  }

  sayFate ({ state, reason }) {
    if (state === 'unsent') return this.say(this.room.isConnected() ? 'sending' : 'kept')
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
