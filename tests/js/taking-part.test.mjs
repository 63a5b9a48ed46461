/** Hands, ballots, support and the question being answered: nothing that is sent is lost, no refusal is kept from sight. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

const js = '../../site/wardmote/static/wardmote/js/'
const { Room } = await import(`${js}room.js`)
const { RoomPolls } = await import(`${js}room-polls.js`)
const { TakingPart } = await import(`${js}taking-part.js`)
const { localStorageOrNull } = await import(`${js}storage.js`)

const words = { say: (name) => name, count: (name) => name }
const settled = () => new Promise((resolve) => setImmediate(resolve))

/** An element whose parts are made as they are asked for, and remembered. */
function element (fields = {}) {
  const parts = new Map()
  return {
    dataset: {},
    hidden: false,
    textContent: '',
    attributes: {},
    setAttribute (name, value) { this.attributes[name] = value },
    getAttribute (name) { return this.attributes[name] ?? null },
    removeAttribute (name) { delete this.attributes[name] },
    toggleAttribute (name, isOn) { if (isOn) this.attributes[name] = ''; else delete this.attributes[name] },
    addEventListener (name, run) { this[`on_${name}`] = run },
    focus () { this.isFocused = true },
    querySelectorAll: () => [],
    querySelector (selector) {
      if (!parts.has(selector)) parts.set(selector, element())
      return parts.get(selector)
    },
    ...fields
  }
}

/** A connection that answers when the test says so. */
function connection () {
  const sent = []
  const made = {
    isOpen: true, takesCommands: true, sent, command: (frame, about) => new Promise((resolve) => sent.push({ frame, about, resolve }))
  }
  return made
}

function submit (target) {
  const event = { target, isPosted: true, preventDefault () { this.isPosted = false } }
  return event
}

function hand () {
  const line = connection()
  const section = element({ dataset: { reactions: 'no', hands: 'yes', raised: 'no' } })
  const root = { dataset: { state: 'in_session' }, querySelector: () => section }
  const said = []
  const part = new TakingPart(root, { connection: line, isConnected: () => line.isOpen, words, announce: (sentence) => said.push(sentence) })
  const press = async () => {
    const event = submit({ elements: { 'hand-name': { value: 'Ada' } } })
    part.submitted(event)
    await settled()
    return event.isPosted
  }
  const shown = (name) => section.querySelector(`[data-part="${name}"]`).hidden ? null : section.querySelector(`[data-part="${name}"]`).textContent
  const pressed = () => section.querySelector('[data-part="hand-button"]').getAttribute('aria-pressed')
  return { line, press, shown, pressed, said }
}

test('a hand raised without a connection waits on the page, and can be put down again', async () => {
  const { line, press, shown, pressed, said } = hand()
  line.isOpen = false
  assert.equal(await press(), false)
  assert.deepEqual([shown('hand-waiting'), pressed(), shown('hand-words')], ['waitsHere', 'true', 'lowerHand'])
  await press()
  line.sent[0].resolve({ type: 'superseded' })
  await settled()
  assert.deepEqual(line.sent.map(({ frame, about }) => [frame.raised, about]), [[true, 'hand'], [false, 'hand']])
  assert.deepEqual([shown('hand-waiting'), pressed()], ['waitsHere', 'false'])
  line.sent[1].resolve({ type: 'ack' })
  await settled()
  assert.deepEqual([shown('hand-waiting'), pressed(), said], [null, 'false', ['waitsHere', 'waitsHere']])
})

test('why a hand is not raised stands beside the button', async () => {
  const { line, press, shown, pressed } = hand()
  await press()
  line.sent[0].resolve({ type: 'refused', message: 'Wait.' })
  await settled()
  assert.deepEqual([shown('hand-error'), pressed(), shown('hand-words')], ['Wait.', 'false', 'raiseHand'])
  await press()
  assert.equal(shown('hand-error'), null)
  line.sent[1].resolve({ type: 'ack' })
  await settled()
  assert.deepEqual([pressed(), shown('hand-waiting')], ['true', null])
})

test('a hand is posted where commands go nowhere', async () => {
  const { line, press } = hand()
  line.takesCommands = false
  assert.deepEqual([await press(), line.sent], [true, []])
})

test('a ballot cast without a connection waits on the page, and what became of it is said when it is sent', async () => {
  const line = connection()
  const section = element()
  let isClosed = false
  Object.assign(section.querySelector('[data-part="closed"]'), { contains: () => isClosed })
  const card = element({ dataset: { poll: '3', kind: 'single' } })
  const said = []
  const polls = new RoomPolls({ querySelector: () => section }, {
    connection: line, isConnected: () => line.isOpen, polls: [], words, announce: (sentence) => said.push(sentence)
  })
  const form = element({ elements: [{ name: 'choice', value: '8', checked: true }], closest: () => card })
  const part = (name) => card.querySelector(`[data-part="${name}"]`)
  part('poll-waiting').hidden = true
  const send = async (answer) => {
    const event = submit(form)
    polls.submitted(event)
    const waiting = part('poll-waiting').hidden ? null : part('poll-waiting').textContent
    line.sent.at(-1)?.resolve(answer)
    await settled()
    return [event.isPosted, waiting, part('poll-waiting').hidden, part('poll-error').textContent, part('taken').hidden]
  }
  line.isOpen = false
  assert.deepEqual(await send({ type: 'ack' }), [false, 'waitsHere', true, '', false])
  assert.deepEqual([line.sent[0].frame, line.sent[0].about], [{ type: 'ballot', poll: 3, choices: [8] }, 'poll-3'])
  isClosed = true
  assert.deepEqual(await send({ type: 'refused', message: 'Closed.' }), [false, 'waitsHere', true, 'Closed.', true])
  assert.equal(section.querySelector('[data-part="closed"]').open, true)
  line.isOpen = true
  assert.deepEqual(await send({ type: 'ack' }), [false, null, true, '', false])
  line.takesCommands = false
  assert.equal((await send({ type: 'ack' }))[0], true)
  assert.deepEqual(said, ['waitsHere', 'pollTaken', 'waitsHere', 'pollTaken'])
})

/** A room of which a test needs only some parts. */
const roomWith = (fields) => Object.assign(Object.create(Room.prototype), { words, ...fields })

test('the question being answered is announced and marked although it waits to be shown', () => {
  const said = []
  const built = element()
  const room = roomWith({
    answering: null,
    supportOf: new Map(),
    waiting: new Map([[7, { id: 7, text: 'Why?' }]]),
    announcer: { say: (sentence) => said.push(sentence) },
    root: { querySelector: () => null },
    find: () => null,
    fill: () => {},
    part: () => ({ content: { firstElementChild: { cloneNode: () => Object.assign(built, { classList: { add () {} } }) } } })
  })
  room.showAnswering(7)
  room.showAnswering(7) // once more in a snapshot
  assert.deepEqual(said, ['answeringNow'])
  assert.equal(room.build({ id: 7, text: 'Why?' }).getAttribute('data-answering'), '')
  assert.equal(room.build({ id: 8, text: 'How?' }).getAttribute('data-answering'), null)
})

test('why support is not taken stands in the question and outlives the next counts', async () => {
  const line = connection()
  const added = []
  const question = element({ remove () {} })
  question.querySelector = (selector) => {
    if (selector === '.wm-question__said') return { append: (one) => added.push(one) }
    return added.find((one) => selector.includes(one.dataset.part)) ?? null
  }
  const button = element({ attributes: { 'aria-pressed': 'false' } })
  const form = element({
    elements: { question: { value: '7' } },
    closest: () => question,
    querySelector: () => button,
    ownerDocument: { createElement: () => element({ remove () { added.splice(added.indexOf(this), 1) } }) }
  })
  const room = roomWith({ connection: line, markWithdraw () {} })
  const give = async (answer) => {
    room.support(submit(form))
    line.sent.at(-1).resolve(answer)
    await settled()
    return [button.getAttribute('aria-pressed'), added.map(({ textContent, attributes }) => [textContent, attributes.role])]
  }
  assert.deepEqual(await give({ type: 'refused', message: 'Wait.' }), ['false', [['Wait.', 'alert']]])
  assert.deepEqual(await give({ type: 'ack' }), ['true', []])
  assert.deepEqual(line.sent.map(({ frame, about }) => [frame, about]), [
    [{ type: 'support', question: 7 }, 'support-7'], [{ type: 'support', question: 7 }, 'support-7']
  ])
})

test('a browser that refuses site data has no storage, and that is all', () => {
  globalThis.window = { get localStorage () { throw new Error('SecurityError') } }
  assert.equal(localStorageOrNull(), null)
  globalThis.window = { localStorage: 'kept' }
  assert.equal(localStorageOrNull(), 'kept')
  delete globalThis.window
})
