/**
 * Saves what is typed into a consultation's form: on the server within a second of a pause and every two seconds of
 * typing, on this device until the server has acknowledged it. The form's own buttons work without this.
 */
import { Announcer } from './room-announcer.js'
import { DraftStore, Mirror } from './draft-store.js'
import { Words, readJson } from './room-words.js'

export const PAUSE_MS = 800
export const LONGEST_UNSAVED_MS = 2000
export const FIRST_RETRY_MS = 1000
export const LONGEST_RETRY_MS = 30_000
export const REQUEST_MS = 15_000
export const MIRROR_MS = 1000 // that a browser may take to read what it holds
export const SENDING_MS = 30_000 // after which a form that is still here was not sent

export const LOOK_MS = 10 * 60_000 // for a closing moment that was moved while nobody typed
export const LOOK_AGAIN_MS = 60_000 // once it has closed: it may be extended
export const LAST_CALL_MS = 1500 // before closing, what is typed is saved without waiting for a pause

const LAST_STEP = 'check' // looks through everything before it is sent
const IDENTITY = ['key', 'draft', 'revision', 'writer']
const NEVER_SAVED = ['postcode', 'email', 'code'] // who and where somebody is
const NEVER_KEPT = ['csrfmiddlewaretoken', ...NEVER_SAVED, 'sequence', 'step', 'to', ...IDENTITY]
const REMOVES = 'remove-' // begins the names of boxes that take a file away, which nothing brings back

/** Where the server's answer ends saving for good, and what is said then. */
const FINAL = { moved_on: 'movedOn', sent: 'sent', closed: 'closed' }

export class Autosave {
  /**
   * @param {HTMLFormElement} form
   * @param {object} parts
   * @param {(url: string, options: object) => Promise<Response>} parts.fetch
   * @param {(url: string, body: FormData) => boolean} parts.sendBeacon
   * @param {{setTimeout: Function, clearTimeout: Function, now: () => number, random: () => number}} parts.clock
   * @param {DraftStore} parts.store, {Words} parts.words, {() => boolean} parts.isOnline
   * @param {HTMLElement} parts.announcer a polite live region, {HTMLElement} parts.closes the closing time's words
   * @param {(form: HTMLFormElement) => FormData} parts.read what the form holds, {(url: string) => void} parts.go
   */
  constructor (form, { fetch, sendBeacon, clock, store, words, isOnline, announcer, closes, read, go }) {
    Object.assign(this, { form, fetch, sendBeacon, clock, store, words, isOnline, closes, read, go })
    this.step = form.dataset.step ?? ''
    this.announcer = new Announcer(announcer, clock, () => '')
    this.status = form.querySelector('[data-part="status"]')
    this.sequence = Number(form.elements.sequence?.value) || 0 // a page that answers a form goes on from its number
    this.unsavedSince = null // when the first keystroke fell that no save in flight or done holds
    this.failures = 0
    this.isSaving = this.isStopped = this.isSending = false
    this.timer = null
    this.said = ''
  }

  start () {
    this.form.addEventListener('input', () => this.changed())
    this.form.addEventListener('change', () => this.changed())
    this.form.addEventListener('submit', () => this.submitted())
    if ('unsaved' in this.form.dataset) this.changed()
    if (this.status.dataset.closing) this.expectClosing(Number(this.status.dataset.closesIn))
  }

  value (name) {
    return this.form.elements[name].value
  }

  /** Something was typed: keep it here at once, and on the server soon. */
  changed () {
    if (this.isSending) return
    this.unsavedSince ??= this.clock.now()
    this.keep(this.typed())
    if (this.isStopped || this.isSaving) return
    if (this.failures) return // a retry is on its way
    const longest = this.unsavedSince + LONGEST_UNSAVED_MS - this.clock.now()
    this.saveIn(Math.max(0, Math.min(PAUSE_MS, longest)))
  }

  saveIn (milliseconds) {
    this.clock.clearTimeout(this.timer)
    this.timer = this.clock.setTimeout(() => this.save(), milliseconds)
  }

  async save () {
    if (this.isSaving || this.isStopped || this.isSending || this.unsavedSince === null) return
    this.clock.clearTimeout(this.timer)
    this.isSaving = true
    const since = this.unsavedSince
    this.unsavedSince = null
    this.sequence += 1
    this.underway = new AbortController()
    const reply = await this.post(this.body(), this.underway)
    this.isSaving = false
    if (this.isSending) return
    this.settle(reply, since)
  }

  /** What the server answers to a save; null where no answer came. */
  async post (body, underway) {
    const patience = this.clock.setTimeout(() => underway.abort(), REQUEST_MS)
    try {
      const response = await this.fetch(this.form.dataset.save, {
        method: 'POST', body, headers: { Accept: 'application/json' }, signal: underway.signal
      })
      return response.headers.get('content-type')?.startsWith('application/json') ? await response.json() : null
    } catch {
      return null // no connection, none in time, or the whole form is on its way
    } finally {
      this.clock.clearTimeout(patience)
    }
  }

  settle (reply, since) {
    if (reply) this.showClosing(reply)
    if (reply?.state === 'saved') this.saved(reply)
    else {
      this.unsavedSince = Math.min(since, this.unsavedSince ?? since)
      if (reply && reply.state in FINAL) this.stop(FINAL[reply.state])
      else if (reply?.state === 'too_long') { // until something is changed
        this.failures = 0
        this.say('tooLong')
      } else this.retry()
    }
  }

  saved (reply) {
    this.failures = 0
    if (reply.key !== this.value('key')) this.store.forget(this.value('key'))
    const isSame = reply.key === this.value('key')
    for (const name of ['key', 'draft', 'revision']) {
      // What others changed meanwhile is not on the last page, so it is sent as of when it was made.
      if (name !== 'revision' || this.step !== LAST_STEP || !isSame) this.form.elements[name].value = reply[name]
    }
    if (this.unsavedSince === null) this.keep(null)
    else {
      this.keep(this.typed())
      this.saveIn(Math.max(0, Math.min(PAUSE_MS, this.unsavedSince + LONGEST_UNSAVED_MS - this.clock.now())))
    }
    this.say('saved', { clock: reply.clock })
  }

  /** Come back with full jitter, so that a crowd does not come back at once. */
  retry () {
    this.failures += 1
    this.say(this.isOnline() ? 'retrying' : 'offline')
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.failures)
    this.saveIn(FIRST_RETRY_MS / 2 + this.clock.random() * longest)
  }

  /** The browser says that the network is back. */
  cameOnline () {
    if (this.unsavedSince !== null) this.saveIn(this.clock.random() * FIRST_RETRY_MS)
  }

  wentOffline () {
    if (this.unsavedSince !== null || this.failures) this.say('offline')
  }

  /** The page is going away: hand over what no save holds, without waiting for an answer. */
  leave () {
    if (this.isSending || this.isStopped || (this.unsavedSince === null && !this.isSaving)) return
    this.sequence += 1
    this.sendBeacon(this.form.dataset.save, this.body())
    this.keep(this.typed(), true)
  }

  /**
   * No page hears what became of the words it handed over as it was left. So the next page of the same answers sends
   * them again, as the save they were: one that has come changes nothing.
   */
  async deliver () {
    let revision = this.value('revision')
    for (const entry of this.store.lacking(this.value('key')).filter(({ step = '' }) => step !== this.step)) {
      const reply = await this.post(this.bodyOf(entry), new AbortController())
      // A form on its way may lead to a page that was made before this arrived, and has to know of it.
      if (this.isSending) return
      if (reply?.state !== 'saved') continue
      this.store.arrived(entry)
      revision = String(reply.revision)
      if (this.isIdle) this.say('saved', { clock: reply.clock })
    }
    // The last page shows all answers: those that it was made without must not be sent unseen.
    if (this.step === LAST_STEP && this.isIdle && revision !== this.value('revision')) this.go(this.form.dataset.again)
  }

  get isIdle () {
    return this.unsavedSince === null && !this.isSaving && !this.isSending && !this.isStopped
  }

  /** The whole form goes to the server by itself; this device keeps the words until the receipt is seen. */
  submitted () {
    this.sequence += 1
    if (this.form.elements.sequence) this.form.elements.sequence.value = String(this.sequence)
    this.keep(this.typed(), true)
    this.isSending = true
    this.underway?.abort() // else the server may take it after the form, and refuse it
    this.clock.clearTimeout(this.timer)
    this.clock.setTimeout(() => this.cameBack(), SENDING_MS)
  }

  /**
   * Shown again from the browser's memory, as it was left. Other pages may have gone on since, so it is asked for anew
   * where it has an address of its own; but not before the server has its words.
   */
  shownAgain () {
    const { key, writer } = Object.fromEntries(IDENTITY.map((name) => [name, this.value(name)]))
    const lacks = this.store.lacking(key).some((entry) => entry.step === this.step && entry.writer === writer)
    if (lacks || !this.form.dataset.again) this.cameBack()
    else this.go(this.form.dataset.again)
  }

  /** The form was sent and is here all the same. */
  cameBack () {
    if (!this.isSending) return
    this.isSending = false
    this.failures = 0 // its retry was called off
    this.changed()
  }

  stop (reason) {
    this.isStopped = true
    this.stoppedFor = reason
    if (reason !== 'movedOn') this.form.querySelector('[data-part="take"]')?.removeAttribute('hidden')
    this.clock.clearTimeout(this.timer)
    this.say(reason)
  }

  /** What another page of the form held, as it would save it. */
  bodyOf (entry) {
    const data = new FormData()
    data.set('csrfmiddlewaretoken', this.value('csrfmiddlewaretoken'))
    for (const name of [...IDENTITY, 'sequence', 'step']) data.set(name, String(entry[name] ?? ''))
    for (const [name, values] of Object.entries(entry.fields)) {
      if (!name.startsWith(REMOVES)) for (const value of values) data.append(name, value)
    }
    return data
  }

  body () {
    const data = this.read(this.form)
    for (const name of NEVER_SAVED) data.delete(name)
    for (const [name, value] of [...data.entries()]) {
      if (typeof value !== 'string' || name.startsWith(REMOVES)) data.delete(name)
    }
    data.set('sequence', String(this.sequence))
    return data
  }

  /** What is typed, as lists of values by field name. */
  typed () {
    const fields = {}
    for (const [name, value] of this.read(this.form).entries()) {
      if (typeof value !== 'string' || value === '' || NEVER_KEPT.includes(name) || name.startsWith(REMOVES)) continue
      ;(fields[name] ??= []).push(value)
    }
    return fields
  }

  keep (fields, isHandedOver = false) {
    const identity = Object.fromEntries(IDENTITY.map((name) => [name, this.value(name)]))
    this.store.keep({ ...identity, sequence: this.sequence, step: this.step, isHandedOver, fields })
  }

  /** Put an entry of this device back into the form, under the identity it had, and have it saved. */
  restore (entry) {
    for (const name of IDENTITY) this.form.elements[name].value = entry[name]
    this.sequence = entry.sequence
    const printed = entry.fields.printed?.[0].split(',')
    const wasThere = (name) => !printed || !name.startsWith('q-') || printed.includes(name)
    for (const element of this.form.elements) {
      if (!element.name || element.type === 'hidden' || NEVER_KEPT.includes(element.name)) continue
      if (!wasThere(element.name)) continue // it came to this page since, and has its answer
      const values = entry.fields[element.name] ?? []
      if (element.type === 'checkbox' || element.type === 'radio') element.checked = values.includes(element.value)
      else if ('value' in element && element.type !== 'file' && element.tagName !== 'BUTTON') element.value = values[0] ?? ''
    }
    this.form.querySelectorAll('textarea').forEach((area) => area.dispatchEvent(new Event('keyup')))
    this.announcer.say(this.words.say('restored'))
    this.form.dispatchEvent(new Event('change')) // questions may come and go with what was put back
    this.changed()
  }

  /** The server said how long it stays open; this page's clock may be wrong, but it runs. */
  expectClosing (milliseconds) {
    this.clock.clearTimeout(this.closingTimer)
    this.clock.clearTimeout(this.lastCallTimer)
    if (milliseconds > LAST_CALL_MS && milliseconds < LOOK_MS) {
      this.lastCallTimer = this.clock.setTimeout(() => this.save(), milliseconds - LAST_CALL_MS)
    }
    const wait = milliseconds > 0 ? Math.min(milliseconds + this.clock.random() * FIRST_RETRY_MS, LOOK_MS) : LOOK_AGAIN_MS
    this.closingTimer = this.clock.setTimeout(() => this.look(), wait)
  }

  async look () {
    try {
      const response = await this.fetch(this.status.dataset.closing, { headers: { Accept: 'application/json' } })
      const reply = await response.json()
      this.showClosing(reply)
      if (!reply.is_open && !this.isStopped) this.stop('closed')
    } catch {
      this.expectClosing(LOOK_AGAIN_MS)
    }
  }

  /** An extension, or an earlier end, reaches a page that is open. */
  showClosing ({ closes_at: closesAt, closes, closes_in: closesIn, is_open: isOpen }) {
    if (this.status.dataset.closing && closesIn !== undefined) this.expectClosing(closesIn)
    if (closesAt && closesAt !== this.form.dataset.closesAt) this.moveClosing(closesAt, closes)
    if (isOpen && this.stoppedFor === 'closed') this.goOn()
  }

  /** It is open again: what was typed meanwhile is saved after all. */
  goOn () {
    this.isStopped = false
    this.stoppedFor = ''
    this.form.querySelector('[data-part="take"]')?.setAttribute('hidden', '')
    this.unsavedSince = null
    this.failures = 0
    this.changed()
  }

  moveClosing (closesAt, closes) {
    this.form.dataset.closesAt = closesAt
    const time = this.closes?.querySelector('time')
    if (time) {
      time.dateTime = closesAt
      time.textContent = closes
    }
    this.announcer.say(this.words.say('closesMoved', { moment: closes }))
  }

  /** The line says what holds now; voices hear only that it has become something else. */
  say (name, values = {}) {
    const sentence = this.words.say(name, values)
    this.status.textContent = sentence
    this.status.dataset.state = name === 'saved' ? 'saved' : 'unsaved'
    if (name !== this.said) this.announcer.say(sentence)
    this.said = name
  }
}

/** Offers what this device still holds of an earlier visit. */
export class KeptHere {
  constructor (section, { autosave, store, go, sayWhen }) {
    Object.assign(this, { section, autosave, store, go, sayWhen })
    this.part('go-on').addEventListener('click', () => this.goOn())
    this.part('forget').addEventListener('click', () => this.forget())
  }

  part (name) {
    return this.section.querySelector(`[data-part="${name}"]`)
  }

  async start () {
    const { form, step } = this.autosave
    if ('unsaved' in form.dataset) return // the page holds what was just sent
    this.acknowledge(form.dataset.acknowledged ?? '')
    const key = this.autosave.value('key')
    const here = this.store.lacking(key).find((entry) => (entry.step ?? '') === step)
    // This page was made before the words came that it was left with: nobody need be asked.
    if (here?.isHandedOver && !this.isJustTyped(here)) this.autosave.restore(here)
    else this.show(here)
    await this.autosave.deliver()
    if (!here) this.show(this.store.offer(key, this.autosave.value('revision') !== '0'))
  }

  isJustTyped (entry) {
    return entry.writer === this.autosave.value('writer')
  }

  show (entry) {
    if (!entry || this.isJustTyped(entry)) return
    this.entry = entry
    const sentence = entry.fields ? this.section.dataset.unsaved : this.section.dataset.saved
    this.part('says').textContent = sentence.replace('{when}', this.sayWhen(entry.at))
    this.section.hidden = false
  }

  /** "writer:sequence", apart by spaces, of saves that this draft has taken: what was handed over by then has come. */
  acknowledge (saves) {
    const last = new Map(saves.split(' ').map((save) => save.split(':')))
    for (const entry of this.store.entries) {
      if (entry.fields && entry.isHandedOver && entry.sequence <= Number(last.get(entry.writer) ?? -1)) {
        this.store.arrived(entry)
      }
    }
  }

  goOn () {
    this.section.hidden = true
    // Words typed on another page of the form go back there, once the link has led to it.
    const isOfThisPage = (this.entry.step ?? '') === this.autosave.step
    if (this.entry.fields && isOfThisPage) this.autosave.restore(this.entry)
    else this.go(this.autosave.form.dataset.resume.replace('TOKEN', this.entry.draft))
    this.autosave.form.querySelector('textarea, input:not([type=hidden])')?.focus()
  }

  forget () {
    this.section.hidden = true
    this.store.forget(this.entry.key)
  }
}

function openStore (consultation) {
  let storage = { getItem: () => null, setItem () {}, removeItem () {} }
  try {
    storage = window.localStorage
  } catch {
    // refused by the browser's settings
  }
  let mirror = null
  try {
    mirror = new Mirror(window.indexedDB)
  } catch {
    // refused by the browser's settings
  }
  return new DraftStore(consultation, storage, () => Date.now(), mirror)
}

async function start (form) {
  const language = document.documentElement.lang || 'en'
  const store = openStore(form.dataset.consultation)
  const autosave = new Autosave(form, {
    fetch: (url, options) => window.fetch(url, { signal: AbortSignal.timeout(REQUEST_MS), ...options }),
    sendBeacon: (url, body) => navigator.sendBeacon(url, body),
    clock: {
      setTimeout: window.setTimeout.bind(window),
      clearTimeout: window.clearTimeout.bind(window),
      now: () => performance.now(),
      random: Math.random
    },
    store,
    words: new Words(readJson(document, 'draft-words'), language),
    isOnline: () => navigator.onLine,
    announcer: document.getElementById('draft-announcer'),
    closes: document.getElementById('closes'),
    read: (form) => new FormData(form),
    go: (url) => window.location.replace(url)
  })
  const keptHere = new KeptHere(document.getElementById('kept-here'), {
    autosave,
    store,
    go: (url) => window.location.assign(url),
    sayWhen: (at) => new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(at)
  })
  window.addEventListener('online', () => autosave.cameOnline())
  window.addEventListener('offline', () => autosave.wentOffline())
  window.addEventListener('pagehide', () => autosave.leave())
  window.addEventListener('pageshow', (event) => { if (event.persisted) autosave.shownAgain() })
  autosave.start()
  await Promise.race([store.load(), new Promise((resolve) => window.setTimeout(resolve, MIRROR_MS))])
  keptHere.start()
}

/** A page that says what became of a draft: this device need not hold it any more. */
async function forget (element) {
  const store = openStore(element.dataset.consultation)
  await store.load()
  store.forget(element.dataset.key)
}

if (typeof document !== 'undefined') {
  document.querySelectorAll('[data-module="autosave"]').forEach(start)
  document.querySelectorAll('[data-module="forget-draft"]').forEach(forget)
}
