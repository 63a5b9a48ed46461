/** Saving what is typed, with a clock, a server and a device that the test holds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

const js = '../../site/wardmote/static/wardmote/js/'
const {
  Autosave, KeptHere, FIRST_RETRY_MS, LAST_CALL_MS, LONGEST_UNSAVED_MS, LOOK_AGAIN_MS, LOOK_MS, PAUSE_MS, SENDING_MS
} = await import(`${js}autosave.js`)
const { DraftStore, MOST_KEPT, WAY_BACK_KEPT_MS, WORDS_KEPT_MS } = await import(`${js}draft-store.js`)
const { Words } = await import(`${js}room-words.js`)

const settled = () => new Promise((resolve) => setImmediate(resolve))

class Clock {
  constructor () {
    this.time = 0
    this.timers = new Map()
    this.next = 1
    this.random = () => 0.5
    this.now = () => this.time
    this.setTimeout = (run, wait) => { this.timers.set(this.next, { at: this.time + wait, run }); return this.next++ }
    this.clearTimeout = (id) => this.timers.delete(id)
  }

  async pass (milliseconds) {
    const end = this.time + milliseconds
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at)[0]
      if (!due) break
      this.timers.delete(due[0])
      this.time = due[1].at
      due[1].run()
      await settled()
    }
    this.time = end
  }
}

class Device {
  constructor () { this.held = new Map() }
  getItem (name) { return this.held.get(name) ?? null }
  setItem (name, value) { this.held.set(name, value) }
  removeItem (name) { this.held.delete(name) }
}

const WORDS = {
  saved: 'Saved at {clock}', offline: 'Offline', retrying: 'Trying', tooLong: 'Too long', movedOn: 'Two versions',
  sent: 'Sent', closed: 'Closed', closesMoved: 'Now closes {moment}', restored: 'Back'
}
const CLOSING = { closes_at: '2026-12-05T17:00:00+00:00', closes: 'Saturday 5 December at 5pm' }

/** A form of one text, one pair of boxes, and the hidden fields. */
function makeForm ({ data = {}, ...hidden } = {}) {
  const values = {
    csrfmiddlewaretoken: 'c', key: 'k1', draft: 't1', revision: '0', writer: 'w1', ...hidden, 'q-1': '', postcode: 'IP1 1AA'
  }
  const inputs = Object.entries(values).map(([name, value]) => ({
    name, value, type: name === 'q-1' ? 'textarea' : name === 'postcode' ? 'text' : 'hidden', tagName: 'INPUT'
  }))
  const boxes = ['a', 'b'].map((value) => ({ name: 'q-2', value, type: 'checkbox', tagName: 'INPUT', checked: false }))
  const elements = [...inputs, ...boxes]
  for (const input of inputs) elements[input.name] = input
  const status = { textContent: '', dataset: {} }
  const take = { hidden: true, setAttribute () { this.hidden = true }, removeAttribute () { this.hidden = false } }
  return {
    elements,
    boxes,
    status,
    take,
    dataset: { save: '/save/', resume: '/draft/TOKEN/', closesAt: CLOSING.closes_at, ...data },
    querySelector: (selector) => selector.includes('status') ? status : selector.includes('take') ? take : { focus () {} },
    querySelectorAll: () => [],
    addEventListener () {},
    dispatchEvent () {}
  }
}

function read (form) {
  const data = new FormData()
  for (const one of form.elements) if (one.type !== 'checkbox' || one.checked) data.append(one.name, one.value)
  return data
}

function open ({ device = new Device(), form = makeForm(), isOnline = true } = {}) {
  const clock = new Clock()
  const store = new DraftStore('7', device, clock.now)
  const asked = []
  const beacons = []
  const looked = []
  const went = []
  const server = { answer: async (body) => saved(body) }
  const saved = (body) => ({
    state: 'saved', key: body.get('key'), draft: body.get('draft'), revision: asked.length, clock: '10:42am', ...CLOSING
  })
  const announcer = { textContent: '' }
  const time = { dateTime: CLOSING.closes_at, textContent: CLOSING.closes }
  const autosave = new Autosave(form, {
    fetch: async (url, { body, signal }) => {
      if (!body) {
        looked.push(clock.time)
        return { json: async () => server.closing() }
      }
      asked.push({ at: clock.time, body, signal })
      const reply = await server.answer(body)
      return { headers: new Headers({ 'content-type': 'application/json' }), json: async () => reply }
    },
    sendBeacon: (url, body) => beacons.push(body),
    clock,
    store,
    words: new Words(WORDS, 'en'),
    isOnline: () => isOnline,
    announcer,
    closes: { querySelector: () => time },
    read,
    go: (url) => went.push(url)
  })
  autosave.start()
  const type = (text) => { form.elements['q-1'].value = text; autosave.changed() }
  return { autosave, form, clock, store, asked, looked, beacons, went, server, saved, announcer, time, type, device }
}

test('a pause saves within a second, and the status line says when', async () => {
  const { clock, asked, form, type } = open()
  type('More seats')
  await clock.pass(1000)
  assert.deepEqual(asked.map(({ at }) => at), [PAUSE_MS])
  assert.equal(asked[0].body.get('q-1'), 'More seats')
  assert.equal(form.status.textContent, 'Saved at 10:42am')
  assert.equal(form.elements.revision.value, 1)
})

test('while somebody types without a pause, nothing is unsaved for more than two seconds', async () => {
  const { clock, asked, type } = open()
  for (let n = 0; n < 60; n++) {
    type('x'.repeat(n + 1))
    await clock.pass(100)
  }
  assert.ok(asked.length >= 2 && asked.length <= 3, `${asked.length} saves in six seconds`)
  assert.equal(asked[0].at, LONGEST_UNSAVED_MS)
})

test('a page that answers a form goes on with the number that the form was sent under', async () => {
  const { clock, asked, type } = open({ form: makeForm({ sequence: '40' }) })
  type('Mended')
  await clock.pass(PAUSE_MS)
  assert.equal(asked[0].body.get('sequence'), '41')
})

test('nothing typed, nothing saved', async () => {
  const { clock, asked } = open()
  await clock.pass(60_000)
  assert.equal(asked.length, 0)
})

test('the postcode and files leave the device with the form only', async () => {
  const { clock, asked, store, type } = open()
  type('Hello')
  assert.deepEqual(store.entries[0].fields, { 'q-1': ['Hello'] })
  await clock.pass(1000)
  assert.equal(asked[0].body.has('postcode'), false)
})

test('the device holds the words until the server has them, and then only the way back', async () => {
  const { clock, store, type } = open()
  type('Hello')
  assert.deepEqual(store.entries.map(({ key, fields }) => [key, fields]), [['k1', { 'q-1': ['Hello'] }]])
  await clock.pass(1000)
  assert.deepEqual(store.entries.map(({ key, draft, fields }) => [key, draft, fields]), [['k1', 't1', null]])
})

test('what is typed while a save is under way is saved after it, one at a time', async () => {
  const { clock, asked, server, saved, store, type } = open()
  let answer
  server.answer = (body) => new Promise((resolve) => { answer = () => resolve(saved(body)) })
  type('One')
  await clock.pass(PAUSE_MS)
  type('One two')
  await clock.pass(5000)
  assert.equal(asked.length, 1)
  answer()
  await settled()
  assert.deepEqual(store.entries[0].fields, { 'q-1': ['One two'] })
  await clock.pass(PAUSE_MS)
  assert.deepEqual(asked.map(({ body }) => [body.get('q-1'), body.get('sequence')]), [['One', '1'], ['One two', '2']])
})

test('without a connection it says so, keeps the words and comes back with jitter', async () => {
  const { clock, asked, server, saved, form, store, type } = open({ isOnline: false })
  server.answer = async () => { throw new TypeError('network') }
  type('Hello')
  await clock.pass(PAUSE_MS)
  assert.equal(form.status.textContent, 'Offline')
  assert.equal(form.status.dataset.state, 'unsaved')
  await clock.pass(20_000)
  const waits = asked.slice(1).map(({ at }, place) => at - asked[place].at)
  assert.deepEqual(waits.slice(0, 3), [1500, 2500, 4500])
  server.answer = async (body) => saved(body)
  await clock.pass(30_000)
  assert.equal(form.status.textContent, 'Saved at 10:42am')
  assert.equal(store.entries[0].fields, null)
})

test('typing while a retry waits does not hurry it, and the retry holds the newest words', async () => {
  const { clock, asked, server, saved, type } = open()
  server.answer = async () => { throw new TypeError('network') }
  type('One')
  await clock.pass(PAUSE_MS)
  server.answer = async (body) => saved(body)
  type('Two')
  await clock.pass(1000)
  assert.equal(asked.length, 1)
  await clock.pass(FIRST_RETRY_MS)
  assert.equal(asked[1].body.get('q-1'), 'Two')
})

test('an answer that is no JSON is a failure, and a busy server is asked again', async () => {
  for (const reply of [null, { state: 'too_many', ...CLOSING }]) {
    const { clock, asked, server, form, type } = open()
    server.answer = async () => reply
    type('One')
    await clock.pass(PAUSE_MS)
    assert.equal(form.status.textContent, 'Trying')
    await clock.pass(2000)
    assert.equal(asked.length, 2)
  }
})

test('voices hear that it is saved once, not at every save', async () => {
  const { clock, announcer, type } = open()
  const heard = []
  Object.defineProperty(announcer, 'textContent', { set: (text) => heard.push(text) })
  for (let n = 0; n < 10; n++) {
    type(`text ${n}`)
    await clock.pass(6000)
  }
  assert.deepEqual(heard, ['Saved at 10:42am'])
})

for (const [state, sentence] of [['moved_on', 'Two versions'], ['sent', 'Sent'], ['closed', 'Closed']]) {
  test(`after "${state}" nothing more is sent, and the words stay on the device`, async () => {
    const { clock, asked, beacons, autosave, server, form, store, type } = open()
    server.answer = async () => ({ state, ...CLOSING })
    type('Late')
    await clock.pass(PAUSE_MS)
    type('Later')
    autosave.leave()
    await clock.pass(60_000)
    assert.equal(asked.length, 1)
    assert.equal(beacons.length, 0)
    assert.equal(form.status.textContent, sentence)
    assert.deepEqual(store.entries[0].fields, { 'q-1': ['Later'] })
    assert.equal(form.take.hidden, state === 'moved_on') // as a file, where no page of two versions awaits
  })
}

const LATER = { closes_at: '2026-12-12T17:00:00+00:00', closes: 'Saturday 12 December at 5pm' }

/** A page that closes in so many milliseconds, and what the server says then. */
function openUntil (milliseconds, closing) {
  const form = makeForm()
  Object.assign(form.status.dataset, { closing: '/closing/', closesIn: String(milliseconds) })
  const opened = open({ form })
  opened.server.closing = closing
  return opened
}

/** One save that the network lost, and then the answers given. */
async function afterOneFailure (opened, ...states) {
  const { clock, server, saved, type } = opened
  server.answer = async () => { throw new TypeError('network') }
  type('One')
  await clock.pass(PAUSE_MS)
  server.answer = async (body) => {
    const state = states.shift()
    return state ? { state, ...CLOSING } : saved(body)
  }
}

test('after a failure, what was too long and is shortened is saved', async () => {
  const opened = open()
  await afterOneFailure(opened, 'too_long')
  await opened.clock.pass(2000)
  assert.equal(opened.form.status.textContent, 'Too long')
  opened.type('Shorter')
  await opened.clock.pass(PAUSE_MS)
  assert.equal(opened.form.status.textContent, 'Saved at 10:42am')
  assert.equal(opened.asked.at(-1).body.get('q-1'), 'Shorter')
})

test('after a failure, what was closed and is extended is saved', async () => {
  const opened = openUntil(30_000, () => ({ state: 'closing', ...LATER, closes_in: 1e8, is_open: true }))
  await afterOneFailure(opened, 'closed')
  await opened.clock.pass(2000)
  assert.equal(opened.form.status.textContent, 'Closed')
  await opened.clock.pass(30_000 + PAUSE_MS)
  assert.equal(opened.form.status.textContent, 'Saved at 10:42am')
})

test('after a failure, a form that was sent and did not go is saved', async () => {
  const opened = open()
  await afterOneFailure(opened)
  opened.autosave.submitted()
  await opened.clock.pass(SENDING_MS + PAUSE_MS)
  assert.equal(opened.form.status.textContent, 'Saved at 10:42am')
})

test('a busy server is asked less and less often', async () => {
  const opened = open()
  opened.server.answer = async () => ({ state: 'too_many', ...CLOSING })
  opened.type('One')
  await opened.clock.pass(20_000)
  const waits = opened.asked.slice(1).map(({ at }, place) => at - opened.asked[place].at)
  assert.deepEqual(waits.slice(0, 3), [1500, 2500, 4500])
})

test('what is typed just before closing is saved before it, without waiting for a pause', async () => {
  const { clock, asked, type } = openUntil(60_000, () => ({ state: 'closing', ...CLOSING, closes_in: 0, is_open: false }))
  await clock.pass(60_000 - LAST_CALL_MS - 100)
  type('In time')
  await clock.pass(200)
  assert.deepEqual(asked.map(({ at, body }) => [at, body.get('q-1')]), [[60_000 - LAST_CALL_MS, 'In time']])
})

test('an idle page notices when it has closed, by the server\'s clock', async () => {
  const { clock, looked, form } = openUntil(60_000, () => ({ state: 'closing', ...CLOSING, closes_in: 0, is_open: false }))
  await clock.pass(59_999)
  assert.deepEqual([looked, form.status.textContent], [[], ''])
  await clock.pass(1001)
  assert.deepEqual([looked.length, form.status.textContent, form.take.hidden], [1, 'Closed', false])
})

test('an idle page hears of an extension, once, and looks again only when that ends', async () => {
  const { clock, looked, time, announcer } = openUntil(60_000, () => (
    { state: 'closing', ...LATER, closes_in: 7 * 24 * 3600_000, is_open: true }
  ))
  const heard = []
  Object.defineProperty(announcer, 'textContent', { set: (text) => heard.push(text) })
  await clock.pass(61_000)
  assert.deepEqual([looked.length, time.textContent, time.dateTime], [1, LATER.closes, LATER.closes_at])
  await clock.pass(3 * LOOK_MS)
  assert.deepEqual(heard, ['Now closes Saturday 12 December at 5pm'])
  assert.equal(looked.length, 4)
})

test('a page that had closed and is extended saves what was typed meanwhile', async () => {
  let isOpen = false
  const { clock, asked, form, type } = openUntil(1000, () => (
    isOpen ? { state: 'closing', ...LATER, closes_in: 1e8, is_open: true } : { state: 'closing', ...CLOSING, closes_in: 0, is_open: false }
  ))
  await clock.pass(2000)
  assert.equal(form.status.textContent, 'Closed')
  type('Typed while closed')
  await clock.pass(10_000)
  assert.equal(asked.length, 0)
  isOpen = true
  await clock.pass(LOOK_AGAIN_MS + PAUSE_MS)
  assert.deepEqual(asked.map(({ body }) => body.get('q-1')), ['Typed while closed'])
  assert.deepEqual([form.status.textContent, form.take.hidden], ['Saved at 10:42am', true])
})

test('a page that cannot ask whether it has closed asks again', async () => {
  const { clock, looked, form } = openUntil(1000, () => { throw new TypeError('network') })
  await clock.pass(2000 + LOOK_AGAIN_MS + FIRST_RETRY_MS)
  assert.equal(looked.length, 2)
  assert.equal(form.status.textContent, '')
})

test('an extension reaches the open page and is told once', async () => {
  const { clock, announcer, server, saved, time, type } = open()
  const heard = []
  Object.defineProperty(announcer, 'textContent', { set: (text) => heard.push(text) })
  const later = { closes_at: '2026-12-12T17:00:00+00:00', closes: 'Saturday 12 December at 5pm' }
  server.answer = async (body) => ({ ...saved(body), ...later })
  for (let n = 0; n < 3; n++) {
    type(`text ${n}`)
    await clock.pass(6000)
  }
  assert.deepEqual([time.dateTime, time.textContent], [later.closes_at, later.closes])
  assert.equal(heard.filter((text) => text.includes('Now closes Saturday 12 December at 5pm')).length, 1)
})

test('a page that goes away hands over what no save holds', async () => {
  const { clock, autosave, beacons, type } = open()
  type('Going')
  autosave.leave()
  assert.deepEqual(beacons.map((body) => [body.get('q-1'), body.get('sequence'), body.has('postcode')]), [['Going', '1', false]])
  await clock.pass(PAUSE_MS)
  autosave.leave()
  assert.equal(beacons.length, 1)
})

test('a form that is being sent is saved no more, and is kept here until its receipt is seen', async () => {
  const { clock, autosave, asked, beacons, store, type } = open()
  type('Send me')
  autosave.submitted()
  autosave.leave()
  await clock.pass(SENDING_MS - 1)
  assert.deepEqual([asked.length, beacons.length], [0, 0])
  assert.deepEqual(store.entries[0].fields, { 'q-1': ['Send me'] })
  await clock.pass(1 + PAUSE_MS) // still here: it did not go
  assert.equal(asked.length, 1)
})

test('a save that is under way is called off when the form itself is sent', async () => {
  const { clock, autosave, asked, server, type } = open()
  server.answer = () => new Promise(() => {})
  type('Send me')
  await clock.pass(PAUSE_MS)
  assert.deepEqual(asked.map(({ signal }) => signal.aborted), [false])
  autosave.submitted()
  assert.deepEqual(asked.map(({ signal }) => signal.aborted), [true])
})

test('a new key from the server replaces the old one on the device', async () => {
  const { clock, server, saved, store, form, type } = open()
  server.answer = async (body) => ({ ...saved(body), key: 'k9', draft: 't9' })
  type('Hello')
  await clock.pass(PAUSE_MS)
  assert.deepEqual(store.entries.map(({ key }) => key), ['k9'])
  assert.deepEqual([form.elements.key.value, form.elements.draft.value], ['k9', 't9'])
})

async function offer (opened, go = () => {}) {
  const parts = {}
  for (const name of ['says', 'go-on', 'forget']) {
    parts[name] = { textContent: '', addEventListener: (_type, run) => { parts[name].click = run } }
  }
  const section = {
    hidden: true,
    dataset: { unsaved: 'Unsaved {when}', saved: 'Saved {when}' },
    querySelector: (selector) => parts[selector.match(/"(.+)"/)[1]]
  }
  await new KeptHere(section, { ...opened, go, sayWhen: (at) => `at ${at}` }).start()
  return { section, parts }
}

test('words that never reached the server come back under the identity they had', async () => {
  const device = new Device()
  const first = open({ device })
  first.form.boxes[1].checked = true
  first.type('a<b and c>d 👏 ŵ شكرا')
  const form = makeForm({ key: 'k2', draft: 't2', writer: 'w2' })
  const second = open({ device, form })
  const { section, parts } = await offer(second)
  assert.equal(section.hidden, false)
  assert.equal(parts.says.textContent, 'Unsaved at 0')
  parts['go-on'].click()
  assert.equal(form.elements['q-1'].value, 'a<b and c>d 👏 ŵ شكرا')
  assert.deepEqual(form.boxes.map(({ checked }) => checked), [false, true])
  await second.clock.pass(PAUSE_MS)
  assert.deepEqual(
    ['key', 'draft', 'writer', 'q-1', 'q-2'].map((name) => second.asked[0].body.get(name)),
    ['k1', 't1', 'w1', 'a<b and c>d 👏 ŵ شكرا', 'b']
  )
})

test('words that come back leave a question alone that its page did not print', async () => {
  const device = new Device()
  open({ device, form: makeForm({ printed: 'no_postcode,q-1' }) }).type('Hello')
  const form = makeForm({ writer: 'w2', printed: 'no_postcode,q-1,q-2' })
  form.boxes[1].checked = true // moved here since, with its answer
  const second = open({ device, form })
  const { parts } = await offer(second)
  parts['go-on'].click()
  assert.deepEqual([form.elements['q-1'].value, form.boxes[1].checked], ['Hello', true])
  await second.clock.pass(PAUSE_MS)
  assert.deepEqual([second.asked[0].body.get('q-2'), second.asked[0].body.get('printed')], ['b', 'no_postcode,q-1,q-2'])
})

test('what the server has is opened by its link, or taken off the device', async () => {
  const device = new Device()
  const first = open({ device })
  first.type('Hello')
  await first.clock.pass(PAUSE_MS)
  const second = open({ device, form: makeForm({ key: 'k2', writer: 'w2' }) })
  const went = []
  const { section, parts } = await offer(second, (url) => went.push(url))
  assert.equal(parts.says.textContent, 'Saved at 800')
  parts['go-on'].click()
  assert.deepEqual(went, ['/draft/t1/'])
  parts.forget.click()
  assert.deepEqual([section.hidden, second.store.entries], [true, []])
})

/** A page of a form of several, opened anew: every opening is a writer of its own. */
function openPage (step, writer, { device, key = 'k1', revision = '1', acknowledged = '' } = {}) {
  const data = { step, acknowledged, again: `/page/${step}/` }
  return open({ device, form: makeForm({ key, revision, writer, printed: 'q-1,q-2', data }) })
}

test('words typed on one page of a form are not put over another page', async () => {
  const device = new Device()
  openPage('town', 'w1', { device }).type('Hello')
  const went = []
  const elsewhere = openPage('first', 'w2', { device, key: 'k2', revision: '0' })
  const { parts } = await offer(elsewhere, (url) => went.push(url))
  parts['go-on'].click()
  assert.deepEqual([elsewhere.form.elements['q-1'].value, went], ['', ['/draft/t1/']])
  const there = openPage('town', 'w3', { device })
  const offered = await offer(there)
  offered.parts['go-on'].click()
  assert.equal(there.form.elements['q-1'].value, 'Hello')
})

test('the page gone back to sends again what the page before it handed over, as the save it was', async () => {
  const device = new Device()
  const town = openPage('town', 'w1', { device })
  town.form.boxes[0].checked = true
  town.type('The baker')
  town.autosave.leave()
  const first = openPage('first', 'w2', { device })
  first.server.answer = async (body) => ({ ...first.saved(body), revision: 5 })
  const { section } = await offer(first)
  const names = ['csrfmiddlewaretoken', 'key', 'draft', 'revision', 'writer', 'sequence', 'step', 'printed', 'q-1', 'q-2']
  assert.deepEqual(
    first.asked.map(({ body }) => names.map((name) => body.get(name))),
    [['c', 'k1', 't1', '1', 'w1', '1', 'town', 'q-1,q-2', 'The baker', 'a']]
  )
  assert.deepEqual([section.hidden, first.form.status.textContent, first.went], [true, 'Saved at 10:42am', []])
  assert.equal(first.form.elements.revision.value, '1') // what this page has seen of its own answers
  assert.deepEqual(first.store.entries.map(({ writer, fields }) => [writer, fields]), [['w1', null]])
})

test('what a page handed over is sent again only while nobody has said that it came', async () => {
  const device = new Device()
  const town = openPage('town', 'w1', { device })
  town.type('The baker')
  town.autosave.leave()
  const first = openPage('first', 'w2', { device, acknowledged: 'w0:9 w1:1 w3:4' })
  const { section } = await offer(first)
  assert.deepEqual([first.asked.length, section.hidden, first.store.lacking('k1')], [0, true, []])
})

test('each page keeps its own words on the device until the server has them', async () => {
  const device = new Device()
  const town = openPage('town', 'w1', { device })
  town.type('The baker')
  town.autosave.leave()
  const first = openPage('first', 'w2', { device })
  first.server.answer = async () => { throw new TypeError('network') }
  const { section } = await offer(first)
  assert.equal(section.hidden, false)
  first.type('More seats')
  assert.deepEqual(
    first.store.lacking('k1').map(({ step, fields }) => [step, fields['q-1']]),
    [['town', ['The baker']], ['first', ['More seats']]]
  )
})

test('what another device has changed meanwhile stays on this one until its page is opened', async () => {
  const device = new Device()
  const town = openPage('town', 'w1', { device })
  town.type('The baker')
  town.autosave.leave()
  const first = openPage('first', 'w2', { device })
  first.server.answer = async () => ({ state: 'moved_on', ...CLOSING })
  assert.equal((await offer(first)).section.hidden, false)
  assert.deepEqual(first.store.lacking('k1').map(({ fields }) => fields['q-1']), [['The baker']])
})

test('a page made before its own words came shows them, under the name they were handed over by', async () => {
  const device = new Device()
  const left = openPage('town', 'w1', { device })
  left.type('The baker')
  left.autosave.leave()
  const again = openPage('town', 'w2', { device })
  const { section } = await offer(again)
  assert.deepEqual([section.hidden, again.form.elements['q-1'].value], [true, 'The baker'])
  await again.clock.pass(PAUSE_MS)
  assert.deepEqual(again.asked.map(({ body }) => [body.get('writer'), body.get('sequence')]), [['w1', '2']])
})

test('a form sent before the words of another page are confirmed leaves them to the page it leads to', async () => {
  const device = new Device()
  const town = openPage('town', 'w1', { device })
  town.type('The baker')
  town.autosave.leave()
  const first = openPage('first', 'w2', { device })
  const offered = offer(first)
  first.autosave.submitted()
  await offered
  assert.deepEqual(first.store.lacking('k1').map(({ step }) => step), ['town', 'first'])
})

test('the last page is made anew when words come that it was made without', async () => {
  for (const [revision, went] of [[5, ['/page/check/']], [1, []]]) {
    const device = new Device()
    const town = openPage('town', 'w1', { device })
    town.type('The baker')
    town.autosave.leave()
    const last = openPage('check', 'w2', { device })
    last.server.answer = async (body) => ({ ...last.saved(body), revision })
    await offer(last)
    assert.deepEqual(last.went, went)
  }
})

test('the last page stands by the answers that it showed, whatever its own saves made of the draft', async () => {
  const pages = ['check', 'town'].map((step) => openPage(step, 'w1', { device: new Device(), revision: '5' }))
  for (const page of pages) {
    page.server.answer = async (body) => ({ ...page.saved(body), revision: 6 }) // somebody else made it 6
    page.type('IP1')
    await page.clock.pass(PAUSE_MS)
  }
  assert.deepEqual(pages.map(({ form }) => String(form.elements.revision.value)), ['5', '6'])
})

test('a file ticked to be taken away goes with the page\'s own buttons only', async () => {
  const device = new Device()
  const form = makeForm({ 'remove-1': 'f1' })
  const { clock, autosave, asked, beacons, store, type } = open({ device, form })
  type('Hello')
  assert.deepEqual(store.entries[0].fields, { 'q-1': ['Hello'] })
  autosave.leave()
  await clock.pass(PAUSE_MS)
  assert.deepEqual([asked.length, asked[0].body.has('remove-1'), beacons[0].has('remove-1')], [1, false, false])
  store.keep({ key: 'k1', step: 'town', writer: 'w1', sequence: 1, fields: { 'remove-1': ['f1'] } }) // by an earlier page
  await autosave.deliver()
  assert.deepEqual([asked.length, asked[1].body.has('remove-1')], [2, false])
})

test('a page from the browser\'s memory is made anew once the server has its words', async () => {
  const device = new Device()
  const first = openPage('first', 'w1', { device })
  first.type('Hello')
  first.autosave.submitted()
  await offer(openPage('town', 'w2', { device, acknowledged: 'w1:1' }))
  first.autosave.shownAgain()
  await first.clock.pass(PAUSE_MS)
  assert.deepEqual([first.went, first.asked.length], [['/page/first/'], 0])
})

test('a page from the browser\'s memory saves what the server may lack', async () => {
  const first = openPage('first', 'w1', { device: new Device() })
  first.type('Hello')
  first.autosave.submitted()
  first.autosave.shownAgain()
  await first.clock.pass(PAUSE_MS)
  assert.deepEqual([first.went, first.asked.map(({ body }) => body.get('q-1'))], [[], ['Hello']])
})

test('a page that arrived is not offered again, and the way back to it is kept', async () => {
  const device = new Device()
  const first = openPage('first', 'w1', { device })
  first.form.elements.sequence = { value: '' }
  first.type('Hello')
  first.autosave.submitted()
  assert.equal(first.form.elements.sequence.value, '1')
  const next = async (acknowledged) => {
    const page = openPage('town', 'w2', { device, acknowledged })
    page.server.answer = async () => { throw new TypeError('network') }
    return (await offer(page)).section.hidden
  }
  assert.equal(await next('w1:0'), false)
  assert.equal(await next('w2:1'), false)
  assert.equal(await next('w1:1'), true)
  assert.deepEqual(first.store.entries.map(({ draft, fields }) => [draft, fields]), [['t1', null]])
})

test('a form that shows what was just sent is offered nothing', async () => {
  const device = new Device()
  open({ device }).type('Hello')
  const form = makeForm()
  form.dataset.unsaved = ''
  assert.equal((await offer(open({ device, form }))).section.hidden, true)
})

test('the device keeps few drafts, words for a month and the way back for a day', () => {
  let now = 0
  const store = new DraftStore('7', new Device(), () => now)
  for (let n = 0; n < MOST_KEPT + 2; n++) store.keep({ key: `k${n}`, fields: n % 2 ? null : {} })
  assert.deepEqual(store.entries.map(({ key }) => key), ['k2', 'k3', 'k4', 'k5', 'k6'])
  now = WAY_BACK_KEPT_MS
  assert.deepEqual(store.entries.map(({ key }) => key), ['k2', 'k4', 'k6'])
  now = WORDS_KEPT_MS
  assert.deepEqual(store.entries, [])
})

/** A mirror on the disk, which outlives a killed browser; what it holds by name. */
class Disk {
  constructor () { this.held = new Map() }
  async get (name) { return this.held.get(name) ?? null }
  put (name, text) { this.held.set(name, text) }
}

test('a browser that was killed before it wrote its storage down still has what was typed', async () => {
  const disk = new Disk()
  const killed = new DraftStore('7', new Device(), () => 5, disk)
  killed.keep({ key: 'k1', fields: { a: ['typed'] } })
  const again = new DraftStore('7', new Device(), () => 6, disk)
  await again.load()
  assert.deepEqual(again.entries, [{ key: 'k1', fields: { a: ['typed'] }, at: 5 }])
  again.forget('k1')
  const third = new DraftStore('7', again.storage, () => 7, disk)
  await third.load()
  assert.deepEqual(third.entries, [])
})

test('what is typed while the mirror is read is not overwritten by it', async () => {
  const disk = new Disk()
  new DraftStore('7', new Device(), () => 1, disk).keep({ key: 'old', fields: null })
  const store = new DraftStore('7', new Device(), () => 2, disk)
  const loading = store.load()
  store.keep({ key: 'new', fields: { a: ['now'] } })
  await loading
  assert.ok(store.entries.some(({ key }) => key === 'new'))
  assert.equal(JSON.parse(disk.held.get('wardmote-drafts-7')).filter(({ key }) => key === 'new').length, 1)
})

for (const [what, get] of [['fails', async () => { throw new Error('blocked') }], ['holds nonsense', async () => '{"a"']]) {
  test(`a mirror that ${what} leaves what the storage has`, async () => {
    const device = new Device()
    new DraftStore('7', device, () => 1).keep({ key: 'k', fields: null })
    const store = new DraftStore('7', device, () => 2, { get, put () {} })
    await store.load()
    assert.deepEqual(store.entries.map(({ key }) => key), ['k'])
  })
}

test('a device that refuses to store, or holds nonsense, holds the drafts of this page', () => {
  const refusing = { getItem: () => { throw new Error('no') }, setItem: () => { throw new Error('no') }, removeItem () {} }
  const store = new DraftStore('7', refusing, () => 0)
  store.keep({ key: 'k', fields: { a: ['b'] } })
  assert.deepEqual(store.entries, [{ key: 'k', fields: { a: ['b'] }, at: 0 }])
  const nonsense = new Device()
  nonsense.setItem('wardmote-drafts-7', '{"a":[')
  assert.deepEqual(new DraftStore('7', nonsense, () => 0).entries, [])
})
