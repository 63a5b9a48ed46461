/** What became of a reader's own question is told and kept; what is typed on a desk becomes a command. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

const js = '../../site/wardmote/static/wardmote/js/'
const { Asking } = await import(`${js}room-asking.js`)
const { DeskQuestions, HOLD_MS } = await import(`${js}desk-questions.js`)

function element (fields = {}) {
  return { ...fields, children: [], append (...more) { this.children.push(...more) }, replaceChildren (...more) { this.children = more } }
}

function asking () {
  const said = []
  const kept = new Map()
  const parts = { own: element({ hidden: true }) }
  const room = {
    root: { dataset: { room: '4' }, ownerDocument: { createElement: () => element() } },
    part: (name) => parts[name],
    words: { say: (name, { reason } = {}) => reason ? `${name}: ${reason}` : name },
    announcer: { say: (sentence) => said.push(sentence) },
    linkTo: (id) => `#question-${id}`,
    connection: { isOpen: true, command: async () => ({ type: 'ack', state: 'held' }) }
  }
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) }
  return { asking: new Asking(room, { storage, newKey: () => 'k2', clock: {} }), said, kept, own: parts.own }
}

test('whoever asked a joined question is told so, with the way to the other, and what becomes of that', () => {
  const { asking: mine, said, kept, own } = asking()
  mine.own.keep({ key: 'k1', text: 'Why?', email: 'ada@example.org' })
  const fates = [
    { state: 'held', reason: '' },
    { state: 'merged', reason: '', into: 7, into_state: 'published' },
    { state: 'merged', reason: '', into: 7, into_state: 'published' },
    { state: 'merged', reason: '', into: 7, into_state: 'answered' },
    { state: 'merged', reason: 'Private', into: null, into_state: 'withheld' }
  ]
  const links = []
  for (const fate of fates) {
    mine.showFate({ key: 'k1', ...fate })
    links.push(own.children[0].children[0].children.at(-1) ?? null)
  }
  assert.deepEqual(said, ['ownHeld', 'ownMerged', 'ownMergedAnswered', 'ownMergedWithheld: Private'])
  assert.deepEqual(links, [null, '#question-7', '#question-7', '#question-7', null])
  assert.equal([...kept.values()].join().includes('ada@example.org'), false)
})

test('a form of a card is the command that does the same, whatever was typed', () => {
  const desk = { root: { addEventListener () {}, querySelectorAll: () => [] }, words: {}, connection: { isOpen: false } }
  const part = new DeskQuestions(desk, { fetch: null, clock: {}, parse: null })
  const form = (act, elements = {}) => ({
    dataset: { act }, elements, closest: (selector) => selector === '[data-question]' ? { dataset: { question: '9' } } : null
  })
  assert.deepEqual([
    form('edit', { text: { value: ' Shorter? ' }, seen: { value: 'Long' } }),
    form('merge', { into: { value: '7' } }),
    form('assign', { councillor: { value: '' } }),
    form('shortlist', { is_shortlisted: {} }),
    form('take', {}),
    form('unknown')
  ].map((each) => part.command(each)), [
    { type: 'edit', question: 9, text: 'Shorter?', seen: 'Long' },
    { type: 'merge', question: 9, into: 7 },
    { type: 'assign', question: 9, councillor: null },
    { type: 'shortlist', question: 9, is_shortlisted: true },
    { type: 'take', question: null },
    null
  ])
})

test('an open question is said again to be open before colleagues stop believing it, and no longer when it is closed', () => {
  const sent = []
  const timers = []
  const desk = {
    root: { addEventListener () {}, querySelectorAll: () => [] },
    words: {},
    connection: { isOpen: true, command: (frame) => sent.push(frame) }
  }
  const clock = { setTimeout: (run, wait) => timers.push([run, wait]), clearTimeout () {} }
  const part = new DeskQuestions(desk, { fetch: null, clock, parse: null })
  part.open = 9
  part.hold()
  timers[0][0]()
  part.open = null
  part.hold()
  assert.deepEqual(sent.map(({ question }) => question), [9, 9, null])
  assert.deepEqual(timers.map(([, wait]) => wait), [HOLD_MS, HOLD_MS])
})
