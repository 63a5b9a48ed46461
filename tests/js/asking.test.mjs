/** What became of a reader's own question is told and kept; what is typed on a desk becomes a command. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

const js = '../../site/wardmote/static/wardmote/js/'
const { Asking } = await import(`${js}room-asking.js`)
const { OwnQuestions } = await import(`${js}room-unsent.js`)
const { DeskQuestions, HOLD_MS } = await import(`${js}desk-questions.js`)

let focused = null

function element (fields = {}) {
  const made = {
    dataset: {},
    children: [],
    append (...more) { this.children.push(...more) },
    replaceChildren (...more) { this.children = more },
    addEventListener (name, run) { this[`on_${name}`] = run },
    setAttribute (name, value) { this[name] = value },
    dispatchEvent () {},
    scrollIntoView () {},
    before (other) { other.above = this.name },
    focus () { focused = this },
    closest () { return this },
    ...fields
  }
  made.ownerDocument = { createElement: () => element(), getElementById: () => null }
  return made
}

/** A form to ask by, as it was drawn. */
function askForm () {
  const names = ['key', 'text', 'name', 'name_is_public', 'email', 'postcode', 'agenda_item', 'supplementary_to']
  const elements = Object.fromEntries(names.map((name) => [name, element({ name, value: '' })]))
  Object.assign(elements.name_is_public, { type: 'checkbox', checked: false })
  elements.key.value = 'k0'
  return element({ elements, submitted: 0, submit () { this.submitted += 1 } })
}

/** A page with the reader's own questions; `answers` are what the server says to each question by its text. */
function asking ({ answers = {}, form = askForm(), storage, clock = {} } = {}) {
  const said = []
  const kept = new Map()
  const keys = ['k1', 'k2', 'k3', 'k4']
  const parts = { own: element({ hidden: true }) }
  if (form) Object.assign(parts, { ask: element({ hidden: false }), 'ask-form': form, 'ask-error': element({ hidden: true }) })
  const room = {
    root: { dataset: { room: '4' }, ownerDocument: { createElement: () => element() } },
    part: (name) => parts[name],
    words: { say: (name, { reason } = {}) => reason ? `${name}: ${reason}` : name },
    announcer: { say: (sentence) => said.push(sentence) },
    linkTo: (id) => `#question-${id}`,
    isConnected: () => room.connection.isOpen,
    connection: {
      isOpen: true, isByHttp: false, takesCommands: true, command: async ({ text }) => answers[text] ?? { type: 'ack', state: 'held' }
    }
  }
  storage ??= { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) }
  const mine = new Asking(room, { storage, newKey: () => keys.shift(), clock })
  mine.listen()
  return { asking: mine, room, said, kept, own: parts.own, parts, form, storage }
}

const refused = (message, reason = 'invalid', field = '') => ({ type: 'refused', reason, message, field })
const settled = () => new Promise((resolve) => setImmediate(resolve))

/** Write a question and send it. */
async function ask ({ form, parts }, text) {
  form.elements.text.value = text
  let isLeft = true
  parts['ask-form'].on_submit({ target: form, preventDefault () { isLeft = false } })
  await settled()
  return isLeft
}

/** What the list says: fate, words, and what can be done. */
const listed = ({ own }) => own.children.map(({ children: [fate, text, acts] }) =>
  [fate.textContent, text.textContent, (acts?.children ?? []).map(({ dataset }) => dataset.act)])

const press = ({ own }, act) => {
  const buttons = own.children.flatMap(({ children }) => children[2]?.children ?? [])
  own.on_click({ target: buttons.find(({ dataset }) => dataset.act === act) })
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

test('two questions that waited and are both refused stay, each with its reason, and nothing in the form is touched', async () => {
  const page = asking({ answers: { 'Why?': refused('Closed.', 'not_now'), 'How?': refused('Two wards.', 'ward_unclear') } })
  page.room.connection.isOpen = false
  for (const text of ['Why?', 'How?']) page.asking.own.keep({ key: text, text, postcode: 'IP1 2DE' })
  page.asking.start()
  page.form.elements.text.value = 'Half a thou'
  page.room.connection.isOpen = true
  focused = null
  page.asking.connectionIs('live')
  await settled()
  assert.deepEqual(listed(page), [
    ['ownRefused: Two wards.', 'How?', ['chooseWard', 'removeOwn']],
    ['ownRefused: Closed.', 'Why?', ['changeOwn', 'removeOwn']]
  ])
  assert.deepEqual([page.form.elements.text.value, page.form.submitted, focused], ['Half a thou', 0, null])
  assert.deepEqual(page.said, ['ownRefused: Closed.', 'ownRefused: Two wards.'])
  const again = asking({ storage: page.storage, form: null }) // after a reload, the meeting being over
  again.asking.start()
  assert.deepEqual(listed(again).map(([fate, , acts]) => [fate, acts]), [
    ['ownRefused: Two wards.', ['removeOwn']], ['ownRefused: Closed.', ['removeOwn']]
  ])
})

test('a refused question goes back into an empty form with all that was typed, and leaves the list when it is sent', async () => {
  const answers = { 'Why?': refused('Enter your name.', 'invalid', 'name') }
  const page = asking({ answers })
  page.asking.own.keep({ key: 'k9', text: 'Why?', postcode: 'IP1 2DE', agenda_item: 12, name_is_public: true })
  page.asking.start()
  await settled()
  const { elements } = page.form
  elements.text.value = 'Another'
  press(page, 'changeOwn')
  assert.deepEqual([elements.text.value, page.parts['ask-error'].textContent], ['Another', 'otherInForm'])
  elements.text.value = ''
  press(page, 'changeOwn')
  assert.deepEqual([elements.key.value, elements.text.value, elements.postcode.value, elements.agenda_item.value, elements.name_is_public.checked],
    ['k9', 'Why?', 'IP1 2DE', 12, true])
  assert.deepEqual([page.parts.ask.open, page.parts['ask-error'].textContent, focused], [true, 'Enter your name.', elements.name])
  assert.equal(page.parts['ask-error'].above, 'name')
  assert.deepEqual(listed(page), []) // it is in the form
  page.parts.ask.hidden = true // the meeting is closed: the words are not lost with the form
  page.asking.showOwn()
  assert.deepEqual(listed(page), [['ownRefused: Enter your name.', 'Why?', ['removeOwn']]])
  page.parts.ask.hidden = false
  delete answers['Why?']
  await ask(page, 'Why?')
  assert.deepEqual(listed(page), [['ownHeld', 'Why?', []]])
})

test('whoever has just sent a question has it back in the form, and is asked for the ward at once', async () => {
  const page = asking({ answers: { 'Why?': refused('Enter your name.', 'invalid', 'name'), 'How?': refused('Two wards.', 'ward_unclear') } })
  await ask(page, 'Why?')
  assert.deepEqual([page.form.elements.text.value, page.parts['ask-error'].hidden, focused], ['Why?', false, page.form.elements.name])
  page.form.elements.text.value = ''
  await ask(page, 'How?')
  assert.equal(page.form.submitted, 1)
})

test('a question sent too fast is sent again after a while, not whenever counts come', async () => {
  const answers = { 'Why?': refused('Wait.', 'too_fast') }
  const timers = []
  const page = asking({ answers, clock: { setTimeout: (run) => timers.push(run) } })
  let sent = 0
  const { command } = page.room.connection
  page.room.connection.command = (frame) => { sent += 1; return command(frame) }
  await ask(page, 'Why?')
  for (let count = 0; count < 5; count++) page.asking.connectionIs('live')
  await settled()
  assert.equal(sent, 1)
  delete answers['Why?']
  while (timers.length) { timers.shift()(); await settled() }
  assert.deepEqual([sent, listed(page)], [2, [['ownHeld', 'Why?', []]]])
})

test('a question that was taken away can be had back', async () => {
  const page = asking({ answers: { 'Why?': refused('Closed.', 'not_now') } })
  page.asking.own.keep({ key: 'k9', text: 'Why?' })
  page.asking.start()
  await settled()
  press(page, 'removeOwn')
  assert.deepEqual(listed(page), [['ownGone', '', ['undo']]])
  assert.equal(page.kept.get('wardmote-room-4'), '[]')
  press(page, 'undo')
  assert.deepEqual(listed(page), [['ownRefused: Closed.', 'Why?', ['changeOwn', 'removeOwn']]])
})

test('without a connection no form leaves for the browser’s own error page', async () => {
  const page = asking()
  page.room.connection.isOpen = false
  assert.deepEqual([await ask(page, ''), page.parts['ask-error'].textContent], [false, 'noQuestion'])
  assert.deepEqual([await ask(page, 'x'.repeat(501)), page.parts['ask-error'].textContent], [false, 'tooManyCharacters'])
  page.form.elements.ward = element({ value: '7' })
  assert.deepEqual([await ask(page, 'Why?'), page.parts['ask-error'].textContent], [false, 'notConnected'])
  page.room.connection.isOpen = true
  assert.deepEqual([await ask(page, 'Why?'), await ask(page, '')], [true, true])
})

test('a question that waits for a socket can be sent by the form where only HTTP gets through', () => {
  const page = asking()
  Object.assign(page.room.connection, { isOpen: false, isByHttp: true, takesCommands: false, command: () => new Promise(() => {}) })
  page.asking.own.keep({ key: 'k9', text: 'Why?' })
  page.asking.start()
  assert.deepEqual(listed(page), [['kept', 'Why?', ['sendNow']]])
  press(page, 'sendNow')
  assert.deepEqual([page.form.submitted, page.form.elements.key.value, page.form.elements.text.value], [1, 'k9', 'Why?'])
  const next = asking({ storage: page.storage }) // the page that comes back says that it has arrived
  next.parts.asked = element({ hidden: false, dataset: { key: 'k9', state: 'held' } })
  next.asking.start()
  assert.deepEqual([listed(next), next.parts.asked.hidden, next.asking.own.unsent], [[['ownHeld', 'Why?', []]], true, []])
})

test('two pages of one room do not take each other’s questions away', () => {
  const kept = new Map()
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) }
  const [one, other] = [new OwnQuestions('4', storage), new OwnQuestions('4', storage)]
  one.keep({ key: 'k1', text: 'Why?' })
  other.keep({ key: 'k2', text: 'How?' })
  const keys = () => new OwnQuestions('4', storage).questions.map(({ key }) => key)
  assert.deepEqual(keys(), ['k1', 'k2'])
  other.forget('k2')
  assert.deepEqual(keys(), ['k1'])
})

test('a full list lets go of what has arrived, not of what was never sent', () => {
  const own = new OwnQuestions('4', null)
  own.keep({ key: 'a', text: 'Never sent' })
  for (let number = 0; number < 20; number++) {
    own.keep({ key: `k${number}`, text: 'Why?' })
    own.note(`k${number}`, { state: 'held' })
  }
  assert.deepEqual([own.questions.length, own.unsent.map(({ key }) => key), own.find('k0')], [20, ['a'], undefined])
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
