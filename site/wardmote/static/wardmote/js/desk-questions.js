/**
 * The desk's work on questions beside deciding on them: who answers, what was joined, what asks the same, which is being
 * answered, and who has one open. Every button is a form that posts without this.
 */
export const HOLD_MS = 20000

export class DeskQuestions {
  /**
   * @param {Desk} desk
   * @param {object} options
   * @param {Function} options.fetch
   * @param {{setTimeout: Function, clearTimeout: Function}} options.clock
   * @param {(html: string) => Document} options.parse
   */
  constructor (desk, { fetch, clock, parse }) {
    Object.assign(this, { desk, root: desk.root, words: desk.words, fetch, clock, parse })
    this.open = null // the question whose panel is open here
    this.timer = null
    this.root.addEventListener('click', (event) => this.clicked(event))
  }

  snapshot (frame) {
    for (const question of frame.questions) this.show(question)
    this.showCurrent(frame.room.question)
  }

  event ({ kind, payload }) {
    if (kind === 'question') this.show(payload, true)
    if (kind === 'room') this.showCurrent(payload.question)
  }

  card (id) {
    return this.root.querySelector(`.wm-card[data-question="${id}"]`)
  }

  show (question, isNews = false) {
    const shown = this.root.querySelector(`[data-joined="${question.id}"]`)
    if (question.state === 'merged') {
      const list = this.card(question.merged_into)?.querySelector('[data-part="joined"]')
      if (shown?.parentElement !== list) shown?.remove()
      if (list && shown?.parentElement !== list) list.append(this.buildJoined(question))
      return
    }
    shown?.remove()
    const card = this.card(question.id)
    if (card) this.fill(card, question)
    if (card && isNews && question.state === 'held') this.lookForAlike(card)
    else if (card && question.state !== 'held') card.querySelector('[data-part="alike"]').replaceChildren()
  }

  fill (card, question) {
    const set = (field, text) => { card.querySelector(`[data-field="${field}"]`).textContent = text }
    const part = (name) => card.querySelector(`[data-part="${name}"]`)
    card.toggleAttribute('data-shortlisted', question.is_shortlisted)
    set('assignee', question.assignee ? this.words.say('assignedTo', { name: question.assignee }) : '')
    set('original', question.original)
    part('original').hidden = !question.original
    set('proposed', question.proposed_answer)
    part('proposed').hidden = !question.proposed_answer
    set('work-name', `: ${question.text.slice(0, 60)}`)
    this.press(card, 'shortlist', 'is_shortlisted', question.is_shortlisted)
    const { answer, answered_by: by } = card.querySelector('[name="decision"][value="answer"]').form.elements
    suggest(answer, question.answer || question.proposed_answer)
    suggest(by, question.answered_by || question.assignee)
  }

  /** A button that is on or off, and what its form says when it posts. */
  press (card, act, name, isOn) {
    const form = card.querySelector(`[data-act="${act}"]`)
    form.querySelector('button').setAttribute('aria-pressed', String(isOn))
    form.elements[name]?.remove()
    if (isOn) return
    const field = card.ownerDocument.createElement('input')
    Object.assign(field, { type: 'hidden', name, value: 'on' })
    form.append(field)
  }

  showCurrent (id) {
    for (const card of this.root.querySelectorAll('.wm-card[data-question]')) {
      const isCurrent = Number(card.dataset.question) === id
      card.toggleAttribute('data-answering', isCurrent)
      this.press(card, 'take', 'is_taken', isCurrent)
    }
  }

  buildJoined (question) {
    const template = this.root.querySelector('[data-part="joined-template"]')
    const element = template.content.firstElementChild.cloneNode(true)
    element.dataset.joined = question.id
    element.querySelector('[data-field="joined-text"]').textContent = question.text
    element.querySelector('[data-field="joined-name"]').textContent = `: ${question.text.slice(0, 60)}`
    const form = element.querySelector('form')
    form.action = form.dataset.action.replace('/question/0/', `/question/${question.id}/`)
    return element
  }

  // A question's panel -----------------------------------------------------------------------------------------------

  clicked (event) {
    const link = event.target.closest('[data-part="work"]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0) return
    event.preventDefault()
    const card = link.closest('.wm-card')
    if (card.querySelector('[data-part="panel"]').firstElementChild) this.close(card)
    else this.openPanel(card, link)
  }

  async openPanel (card, link) {
    const page = await this.page(card)
    if (!page) {
      link.ownerDocument.defaultView.location.assign(link.href)
      return
    }
    if (this.open !== null && this.card(this.open)) this.close(this.card(this.open))
    const forms = page.querySelector('[data-part="work-forms"]')
    card.querySelector('[data-part="panel"]').replaceChildren(card.ownerDocument.importNode(forms, true))
    card.querySelector('[data-part="panel"] textarea').focus()
    this.open = Number(card.dataset.question)
    this.hold()
  }

  close (card) {
    const panel = card.querySelector('[data-part="panel"]')
    const hadFocus = panel.contains(card.ownerDocument.activeElement)
    panel.replaceChildren()
    if (hadFocus) card.querySelector('[data-part="work"]').focus()
    this.open = null
    this.hold()
  }

  /** Tell colleagues what is open here, and again before they stop believing it. */
  hold () {
    this.clock.clearTimeout(this.timer)
    if (this.desk.connection.isOpen) this.desk.connection.command({ type: 'hold', question: this.open })
    if (this.open !== null) this.timer = this.clock.setTimeout(() => this.hold(), HOLD_MS)
  }

  holding ({ questions }) {
    for (const card of this.root.querySelectorAll('.wm-card[data-question]')) {
      const held = questions[card.dataset.question]
      const isMine = Number(card.dataset.question) === this.open
      card.querySelector('[data-field="holding"]').textContent =
        held && !isMine ? this.words.say('openAt', { name: held.name }) : ''
    }
  }

  async page (card) {
    try {
      const response = await this.fetch(card.querySelector('[data-part="work"]').href)
      return response.ok ? this.parse(await response.text()) : null
    } catch {
      return null
    }
  }

  /** One card after another, so that a burst of questions is no burst of requests. */
  lookForAlike (card) {
    this.looking = (this.looking ?? Promise.resolve()).then(async () => {
      const found = (await this.page(card))?.querySelector('[data-part="alike-found"]')
      if (!found || card.dataset.state !== 'held') return
      const nodes = [...found.childNodes].map((node) => card.ownerDocument.importNode(node, true))
      card.querySelector('[data-part="alike"]').replaceChildren(...nodes)
    })
  }

  // What is sent -----------------------------------------------------------------------------------------------------

  command (form) {
    const { act } = form.dataset
    const joined = form.closest('[data-joined]')?.dataset.joined
    const question = Number(joined ?? form.closest('[data-question]')?.dataset.question)
    if (!act || !question) return null
    const { elements } = form
    switch (act) {
      case 'edit': return { type: 'edit', question, text: elements.text.value.trim() || ' ', seen: elements.seen.value }
      case 'merge': return { type: 'merge', question, into: Number(elements.into.value) || 1 }
      case 'unmerge': return { type: 'unmerge', question }
      case 'assign': return { type: 'assign', question, councillor: Number(elements.councillor.value) || null }
      case 'shortlist': return { type: 'shortlist', question, is_shortlisted: Boolean(elements.is_shortlisted) }
      case 'take': return { type: 'take', question: elements.is_taken ? question : null }
    }
    return null
  }

  /** A form of a panel has done its work. */
  done (form) {
    const card = form.closest('.wm-card')
    if (card && form.closest('[data-part="panel"]')) this.close(card)
  }
}

/** Put words into a field that nobody has typed in. */
function suggest (field, text) {
  if (!field || field.value !== field.defaultValue) return
  field.defaultValue = text
  field.value = text
}
