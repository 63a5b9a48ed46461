/**
 * A part of a page that is all forms, kept in place: a form is sent without leaving the page, and what the server
 * draws anew replaces the elements marked `data-live`. Without this every form posts and the page comes back whole.
 *
 * Whoever types is left alone: an element with the cursor in one of its fields, or with something typed into it that
 * is not sent yet, is replaced later.
 */
import { focusField } from './form-fields.js'

export const GATHER_MS = 150

/** Answers that say in a sentence why nothing was done: the form is wrong, or was sent too fast. */
const SAYS_WHY = [422, 429]

const FIELDS = 'input:not([type="hidden"]), select, textarea'

export class LiveForms {
  /**
   * @param {HTMLElement} root has `data-live-forms`: the address of the part alone
   * @param {object} options
   * @param {Function} options.fetch
   * @param {{setTimeout: Function}} options.clock
   * @param {(html: string) => Document} options.parse
   * @param {string} options.notReached what to say when the server cannot be reached
   */
  constructor (root, { fetch, clock, parse, notReached }) {
    Object.assign(this, { root, fetch, clock, parse, notReached })
    this.timer = null
    this.isStale = false
    root.addEventListener('submit', (event) => this.submitted(event))
    root.addEventListener('focusout', () => { if (this.isStale) this.soon() })
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
    let response
    try {
      response = await this.fetch(this.root.dataset.liveForms, { headers: { 'X-Requested-With': 'fetch' } })
    } catch {
      return // the connection says so already; the next change brings everything
    }
    if (response.ok) this.show(this.parse(await response.text()))
  }

  show (fresh) {
    this.isStale = false
    for (const element of this.root.querySelectorAll('[data-live]')) {
      const replacement = fresh.getElementById(element.id)
      if (replacement) this.replace(element, replacement)
    }
  }

  replace (element, replacement) {
    const document = element.ownerDocument
    const active = document.activeElement
    const hasFocus = element.contains(active)
    if (element !== this.sent && ((hasFocus && active.matches(FIELDS)) || isBeingFilledIn(element))) {
      this.isStale = true
      return
    }
    const chosen = [...element.querySelectorAll('select[id]')].map((select) => [select.id, select.value])
    for (const details of element.querySelectorAll('details[id][open]')) {
      const same = replacement.querySelector(`[id="${details.id}"]`)
      if (same) same.open = true
    }
    element.replaceChildren(...[...replacement.childNodes].map((node) => document.importNode(node, true)))
    if (element !== this.sent) for (const [id, value] of chosen) choose(element.querySelector(`[id="${id}"]`), value)
    if (hasFocus) this.focusAgain(element, active.id)
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
      const body = new FormData(form)
      if (submitter?.name) body.append(submitter.name, submitter.value)
      const response = await this.fetch(form.getAttribute('action'), {
        method: 'POST', body, headers: { 'X-Requested-With': 'fetch' }
      })
      if (response.ok) {
        this.wentWell(form)
        this.sent = form.closest('[data-live]') // what was typed there has arrived
        await this.refresh()
        this.sent = null
      } else {
        const isSaid = SAYS_WHY.includes(response.status)
        this.wentWrong(form, isSaid ? await response.json() : { message: this.notReached, field: '' })
      }
    } catch {
      this.wentWrong(form, { message: this.notReached, field: '' })
    } finally {
      delete form.dataset.sending
    }
  }

  wentWell (form) {
    this.errorOf(form).hidden = true
    this.root.querySelector('[data-part="live-error"]').hidden = true
    const details = form.closest('details')
    if (!details || details.closest('[data-live]')) return
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

  errorOf (form) {
    return form.querySelector('[data-part="error"]') ?? this.root.querySelector('[data-part="live-error"]')
  }
}

/** Whether somebody has typed into a field of the element what is not sent yet. */
function isBeingFilledIn (element) {
  return [...element.querySelectorAll('textarea, input[type="text"], input[type="number"]')]
    .some((field) => field.value !== field.defaultValue)
}

/** Choose again what was chosen in a list that was drawn anew, if it is still offered. */
function choose (select, value) {
  if (select && [...select.options].some((option) => option.value === value)) select.value = value
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
    clock: { setTimeout: window.setTimeout.bind(window) },
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
