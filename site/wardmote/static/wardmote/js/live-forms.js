/**
 * A part of a page that is all forms, kept in place: a form is sent without leaving the page, and what the server
 * draws anew replaces the elements marked `data-live`. Without this every form posts and the page comes back whole.
 *
 * Whoever types is left alone: an element with the cursor in one of its fields, or with something typed into it that
 * is not sent yet, is replaced later. What is chosen or typed beside a form that was sent is taken over.
 */
import { FIELDS, changedIn, focusField, isChanged, isText, keepUnseen, noteSent, putBack } from './form-fields.js'

export const GATHER_MS = 150
export const RETRY_MS = 3000 // half as long to half as long again, so that a chamber does not come back at once
export const LOOK_MS = 10_000
export const PRESS_MS = 3000 // no press lasts longer: the end of one may never be told

/** Answers that say in a sentence why nothing was done: the form is wrong, or was sent too fast. */
const SAYS_WHY = [422, 429]

/** Answers to a look that another try may change. */
const isPassing = (status) => status >= 500 || status === 408 || status === 429

export class LiveForms {
  /**
   * @param {HTMLElement} root has `data-live-forms`: the address of the part alone
   * @param {object} options
   * @param {Function} options.fetch
   * @param {{setTimeout: Function, random: () => number}} options.clock
   * @param {(html: string) => Document} options.parse
   * @param {string} options.notReached what to say when the server cannot be reached
   */
  constructor (root, { fetch, clock, parse, notReached }) {
    Object.assign(this, { root, fetch, clock, parse, notReached })
    this.timer = null
    this.isStale = false
    this.isPressed = false
    this.turn = this.shown = this.missed = 0 // the looks: the last begun, the last shown, the last that failed
    this.arrived = new Map() // forms that were sent and not drawn since, each with the first look that has what they did
    this.refused = null // a form whose sender was told why, until the page around it is as new as that
    this.drawn = new Map([...root.querySelectorAll('[data-live]')].map((element) => [element.id, contents(element)]))
    this.held = new Set() // lists whose choice nobody made: it stood there when they began to fill the form in
    root.addEventListener('submit', (event) => this.submitted(event))
    root.addEventListener('focusout', () => { if (this.isStale) this.soon() })
    root.addEventListener('change', ({ target }) => this.held.delete(target.id))
    root.addEventListener('pointerdown', () => this.pressed())
    root.addEventListener('keydown', ({ key, target }) => { if (key === ' ' && !target.matches(FIELDS)) this.pressed() })
    for (const end of ['pointerup', 'pointercancel', 'keyup']) {
      root.ownerDocument.addEventListener(end, () => this.released())
    }
  }

  /** Something has changed: look it up, once for a burst. */
  soon () {
    if (this.timer !== null) return
    this.timer = this.clock.setTimeout(() => {
      this.timer = null
      return this.refresh()
    }, GATHER_MS)
  }

  async refresh () {
    const turn = ++this.turn
    let html = null
    try {
      const response = await this.fetch(this.root.dataset.liveForms, {
        headers: { 'X-Requested-With': 'fetch' }, signal: AbortSignal.timeout(LOOK_MS)
      })
      if (response.ok) html = await response.text()
      else if (!isPassing(response.status)) return // another try would be told the same
    } catch {
      // the connection says so already
    }
    if (turn < this.shown) return // a later look has come first
    if (html === null) {
      this.tryAgain(turn)
    } else if (this.isPressed) {
      this.isStale = true
    } else {
      this.shown = turn
      this.show(this.parse(html))
      for (const [form, first] of this.arrived) if (first <= turn) this.arrived.delete(form)
    }
  }

  tryAgain (turn) {
    const isWaiting = this.missed > this.shown
    this.missed = turn
    if (isWaiting) return
    this.clock.setTimeout(() => {
      if (this.missed <= this.shown) return
      this.missed = 0
      return this.refresh()
    }, RETRY_MS * (0.5 + this.clock.random()))
  }

  /** Nothing is drawn under a finger: a click would fall between the old button and the new. */
  pressed () {
    this.isPressed = true
    this.clock.setTimeout(() => this.released(), PRESS_MS)
  }

  released () {
    if (!this.isPressed) return
    this.isPressed = false
    if (this.isStale) this.soon()
  }

  show (fresh) {
    this.isStale = false
    for (const element of this.root.querySelectorAll('[data-live]')) {
      const replacement = fresh.getElementById(element.id)
      if (replacement) this.replace(element, replacement)
    }
  }

  replace (element, replacement) {
    const hasArrived = [...this.arrived.keys()].some((form) => element.contains(form))
    const drawn = contents(replacement)
    if (drawn === this.drawn.get(element.id) && !hasArrived) return // nobody need hear it again
    const document = element.ownerDocument
    const active = document.activeElement
    const hasFocus = element.contains(active)
    const around = element.closest('form')
    const isInUse = around && this.isInUse(around)
    // A form's hidden key stays with what is being filled in, so that it may be sent twice; unless it has arrived.
    if (isInUse && !element.querySelector(FIELDS) && !this.arrived.has(around)) return
    const isOfAnother = (field) => !this.arrived.has(field.form)
    const typed = changedIn(element).filter(isText)
    const canKeep = (hasArrived || element.contains(this.refused)) && typed.every(({ id }) => id && replacement.querySelector(`[id="${id}"]`))
    if ((typed.length > 0 && !canKeep) || (hasFocus && active.matches(FIELDS) && isOfAnother(active) && active.form !== this.refused)) {
      this.isStale = true
      return
    }
    const choices = [...element.querySelectorAll(FIELDS)].filter((field) => !isText(field))
    const chosen = choices.filter((field) => this.isChosen(field) && isOfAnother(field))
    const held = isInUse ? choices.filter((field) => !this.isChosen(field)) : []
    for (const details of element.querySelectorAll('details[id][open]')) {
      const same = replacement.querySelector(`[id="${details.id}"]`)
      if (same) same.open = true
    }
    element.replaceChildren(...[...replacement.childNodes].map((node) => document.importNode(node, true)))
    const same = ({ id }) => element.querySelector(`[id="${id}"]`)
    for (const field of [...typed, ...chosen, ...held]) putBack(same(field), field)
    // Words stay with what they were written about, such as the amendments then carried, until that is refused.
    const isBehind = typed.filter(({ form }) => form !== this.refused)
      .map((field) => keepUnseen(same(field).form, field.form)).includes(true)
    for (const { id } of choices) this.held.delete(id)
    for (const { id } of held) this.held.add(id)
    if (held.length > 0 || isBehind) this.isStale = true
    this.drawn.set(element.id, held.length > 0 || isBehind ? '' : drawn)
    if (hasFocus) this.focusAgain(element, active.id)
  }

  isInUse (form) {
    const active = form.ownerDocument.activeElement
    return (form.contains(active) && active.matches(FIELDS)) ||
      changedIn(form).some((field) => isText(field) || this.isChosen(field))
  }

  /** Whether a person made the choice. */
  isChosen (field) {
    return isChanged(field) && !this.held.has(field.id)
  }

  /** The same button, if it is still there; else the part itself, so that nobody is thrown to the top of the page. */
  focusAgain (element, id) {
    const same = id && element.querySelector(`[id="${id}"]`)
    if (same) {
      same.focus()
      return
    }
    const place = element.closest('[tabindex]') ?? this.root
    place.focus({ preventScroll: true })
  }

  async submitted (event) {
    event.preventDefault()
    const form = event.target
    const { submitter } = event
    if (form.dataset.sending) return
    form.dataset.sending = 'yes'
    try {
      if (this.hasOldKey(form)) await this.refresh()
      if (this.hasOldKey(form)) throw new Error('not drawn anew')
      const body = new FormData(form)
      if (submitter?.name) body.append(submitter.name, submitter.value)
      const response = await this.fetch(form.getAttribute('action'), {
        method: 'POST', body, headers: { 'X-Requested-With': 'fetch' }
      })
      if (response.ok) {
        this.wentWell(form, body)
        this.arrived.set(form, this.turn + 1)
        await this.refresh()
      } else {
        const isSaid = SAYS_WHY.includes(response.status)
        const said = isSaid ? await response.json() : { message: this.notReached, field: '' }
        this.wentWrong(response.status === 422 ? await this.drawnAround(form) : form, said)
      }
    } catch {
      this.wentWrong(form, { message: this.notReached, field: '' })
    } finally {
      delete form.dataset.sending
    }
  }

  /** Whether a form still has, unseen, the key of what was sent before. */
  hasOldKey (form) {
    return this.arrived.has(form) && Boolean(form.querySelector('[data-live]'))
  }

  wentWell (form, sent) {
    this.errorOf(form).hidden = true
    this.root.querySelector('[data-part="live-error"]').hidden = true
    const details = form.closest('details')
    if (!details || details.closest('[data-live]')) {
      noteSent(form, sent)
      return
    }
    form.reset()
    details.open = false
    details.querySelector('summary').focus()
  }

  wentWrong (form, { message, field }) {
    const error = this.errorOf(form)
    error.textContent = message
    error.hidden = false
    if (field) focusField(form, field)
  }

  /**
   * A form was refused, perhaps for what others did meanwhile: they see that, with what they typed. The form as it stands
   * then. Only after this they are told why, since what they do about it is not to be drawn over.
   */
  async drawnAround (form) {
    const live = form.closest('[data-live]')
    if (!live) return form
    this.refused = form
    await this.refresh()
    this.refused = null
    const action = form.getAttribute('action')
    return [...live.querySelectorAll('form')].find((one) => one.getAttribute('action') === action) ?? form
  }

  errorOf (form) {
    return form.querySelector('[data-part="error"]') ?? this.root.querySelector('[data-part="live-error"]')
  }
}

/** What the server drew in an element, but for its tokens, which differ each time. */
function contents (element) {
  return element.innerHTML.replaceAll(/(name="csrfmiddlewaretoken" value=")[^"]*/g, '$1')
}

/** A part of a room or a desk (see RoomParts) that brings its forms up to date when business has changed. */
export class LiveFormsPart {
  /** `everyVote`: whether each vote that is cast matters here, or only that a vote is opened and closed. */
  constructor (forms, kinds, { everyVote }) {
    Object.assign(this, { forms, kinds, everyVote })
    this.isOpen = new Map()
  }

  snapshot () {
    this.forms.soon()
  }

  event ({ kind, payload }) {
    if (!this.kinds.has(kind)) return
    if (kind === 'vote' && !this.everyVote && this.isOpen.get(payload.id) === payload.is_open) return
    if (kind === 'vote') this.isOpen.set(payload.id, payload.is_open)
    this.forms.soon()
  }
}

/** The events after which forms of formal business are drawn anew. */
export const BUSINESS_KINDS = new Set([
  'speaker', 'speaker_removed', 'declaration', 'declaration_removed', 'motion', 'vote', 'vote_removed', 'room', 'agenda'
])

/** The forms inside `element`, with what they need of the browser. */
export function liveFormsIn (element, words) {
  return new LiveForms(element, {
    fetch: window.fetch.bind(window),
    clock: { setTimeout: window.setTimeout.bind(window), random: Math.random },
    parse: (html) => new DOMParser().parseFromString(html, 'text/html'), // inert: no script in it runs
    notReached: words.say('notReached')
  })
}

/** The part of the page inside `root` that is about formal business, if it has one. */
export function liveFormsParts (root, words) {
  const element = root.querySelector('[data-live-forms]:not([data-own-forms])')
  if (!element) return []
  const forms = liveFormsIn(element, words)
  return [() => new LiveFormsPart(forms, BUSINESS_KINDS, { everyVote: 'everyVote' in element.dataset })]
}
