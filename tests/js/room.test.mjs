/** The room's parts that know nothing of a page, with a clock and sockets that the test holds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

const js = '../../site/wardmote/static/wardmote/js/'
const { focusField } = await import(`${js}form-fields.js`)
const { Announcer, QUIET_MS } = await import(`${js}room-announcer.js`)
const { RoomConnection, FULL_CODE, FULL_RETRY_MS, LONG_QUIET_MS, MAX_FRAME_BYTES, POLL_MS, SEEN_AT, SILENCE_MS, TOO_FAST_MS } = await import(`${js}room-connection.js`)
const { OwnQuestions } = await import(`${js}room-unsent.js`)
const { Words } = await import(`${js}room-words.js`)

class Clock {
  constructor (random = 0.5) {
    this.time = 0
    this.timers = new Map()
    this.next = 1
    this.random = () => random
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
      await due[1].run()
      await settled()
    }
    this.time = end
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

class FakeSocket {
  constructor (url) { Object.assign(this, { url, sent: [], isClosed: false }) }
  send (text) { this.sent.push(JSON.parse(text)) }
  close () { this.isClosed = true }
  says (frame) { this.onmessage?.({ data: JSON.stringify(frame) }) }
  breaks (code = 1006) { this.onclose?.({ code }) }
}

function connect ({ fetchSnapshot = null, mine = [], epoch = 'e1', sequence = 7, random = 0.5 } = {}) {
  const clock = new Clock(random)
  const sockets = []
  const told = []
  const tell = (name) => (what) => told.push([name, what])
  const connection = new RoomConnection({
    url: '/ws/room/4/',
    openSocket: (url) => { sockets.push(new FakeSocket(url)); return sockets.at(-1) },
    clock,
    epoch,
    sequence,
    mine: () => mine,
    fetchSnapshot,
    refusals: { too_large: 'Too long.', stopped: 'Reload.', by_http: 'Send it again.' },
    on: { snapshot: tell('snapshot'), event: tell('event'), counts: tell('counts'), fate: tell('fate'), status: tell('status') }
  })
  connection.connect()
  return { clock, sockets, told, connection, socket: () => sockets.at(-1) }
}

const event = (sequence) => ({ sequence, kind: 'room', payload: {} })
const events = (prev, ...numbers) => ({ type: 'events', epoch: 'e1', prev, events: numbers.map(event) })

test('hello says what the page has and which questions are its own', () => {
  const { socket } = connect({ mine: ['k1'] })
  socket().onopen()
  assert.deepEqual(socket().sent, [{ type: 'hello', protocol: 1, epoch: 'e1', sequence: 7, mine: ['k1'] }])
})

test('a page that has nothing says so and takes the snapshot', () => {
  const { socket, connection } = connect({ epoch: '', sequence: 0 })
  socket().onopen()
  assert.deepEqual(socket().sent, [{ type: 'hello', protocol: 1, mine: [] }])
  socket().says({ type: 'snapshot', epoch: 'e2', sequence: 12, questions: [] })
  assert.deepEqual([connection.epoch, connection.sequence], ['e2', 12])
})

test('events are applied once and in order, whatever is repeated', () => {
  const { socket, told } = connect()
  socket().onopen()
  socket().says(events(7, 8, 9))
  socket().says(events(7, 8, 9))
  socket().says(events(8, 9, 10))
  assert.deepEqual(told.filter(([name]) => name === 'event').map(([, { sequence }]) => sequence), [8, 9, 10])
})

test('a gap is noticed and asked for, and nothing after it is applied', () => {
  const { socket, told, connection } = connect()
  socket().onopen()
  socket().says(events(9, 10))
  assert.deepEqual(told.filter(([name]) => name === 'event'), [])
  assert.deepEqual(socket().sent.at(-1), { type: 'hello', protocol: 1, epoch: 'e1', sequence: 7, mine: [] })
  socket().says(events(7, 8, 9, 10))
  assert.equal(connection.sequence, 10)
})

test('events of another epoch are not applied', () => {
  const { socket, told } = connect()
  socket().onopen()
  socket().says({ ...events(7, 8), epoch: 'e9' })
  assert.equal(told.filter(([name]) => name === 'event').length, 0)
  assert.equal(socket().sent.at(-1).type, 'hello')
})

test('it comes back with full jitter, ever later, and at once when told to hurry', async () => {
  const waits = []
  const { clock, sockets, connection } = connect({ random: 0.5 })
  for (let attempt = 1; attempt <= 6; attempt++) {
    const before = clock.time
    sockets.at(-1).breaks()
    await clock.pass([...clock.timers.values()][0].at - clock.time)
    waits.push(clock.time - before)
  }
  assert.deepEqual(waits, [1000, 1500, 2250, 3375, 5062.5, 6000])
  sockets.at(-1).breaks()
  const count = sockets.length
  connection.hurry()
  assert.equal(sockets.length, count + 1)
})

test('without luck there is no wait at all: the jitter is full', async () => {
  const { clock, sockets } = connect({ random: 0 })
  sockets[0].breaks()
  await clock.pass(0)
  assert.equal(sockets.length, 2)
})

test('going away is answered by staying away as long as asked, and a jitter', async () => {
  const { clock, sockets } = connect({ random: 0.25 })
  sockets[0].onopen()
  sockets[0].says({ type: 'going_away', retry_seconds: 2 })
  assert.equal(sockets[0].isClosed, true)
  await clock.pass(2499)
  assert.equal(sockets.length, 1)
  await clock.pass(1)
  assert.equal(sockets.length, 2)
})

test('a command is sent again on the next connection until it is answered, under the same id', async () => {
  const { clock, sockets, connection } = connect()
  const answer = connection.command({ type: 'ask', key: 'k1', text: 'Why?' })
  sockets[0].onopen()
  sockets[0].breaks()
  await clock.pass(1000)
  sockets[1].onopen()
  const asked = sockets.map(({ sent }) => sent.filter(({ type }) => type === 'ask'))
  assert.deepEqual(asked[0], asked[1])
  sockets[1].says({ type: 'ack', id: 'c1', question: 3 })
  assert.equal((await answer).question, 3)
  sockets[1].breaks()
  await clock.pass(60_000)
  sockets[2].onopen()
  assert.equal(sockets[2].sent.filter(({ type }) => type === 'ask').length, 0)
})

test('try again is obeyed, and any other refusal goes to the caller', async () => {
  const { clock, socket, connection } = connect()
  socket().onopen()
  const answer = connection.command({ type: 'support', question: 3 })
  socket().says({ type: 'refused', id: 'c1', reason: 'try_again', message: '…' })
  await clock.pass(1000)
  assert.equal(socket().sent.filter(({ type }) => type === 'support').length, 2)
  socket().says({ type: 'refused', id: 'c1', reason: 'not_now', message: 'The meeting is closed.' })
  assert.equal((await answer).reason, 'not_now')
})

test('the server is told what was received, once for every 16,384 characters', () => {
  const { socket } = connect()
  socket().onopen()
  for (let number = 0; number < 4; number++) socket().says({ type: 'counts', support: {}, present: 1, pad: 'x'.repeat(SEEN_AT / 2) })
  assert.deepEqual(socket().sent.filter(({ type }) => type === 'seen'), [
    { type: 'seen', frames: 2 }, { type: 'seen', frames: 4 }
  ])
})

test('a page that shows no counts, as a councillor\'s, takes them in its stride', () => {
  const { connection, socket } = connect()
  delete connection.on.counts
  socket().says({ type: 'counts', support: {}, present: 1 })
  socket().says({ type: 'welcome', now: '2026-11-26T18:00:00Z' })
  assert.equal(connection.frames, 2)
})

test('the cursor goes into a field that was refused, of radio buttons into the first', () => {
  const focused = []
  const field = (name) => ({ focus: () => focused.push(name) })
  const form = { elements: { text: field('text'), paragraph: [field('one'), field('two')] } }
  assert.deepEqual(['paragraph', 'text', 'nowhere'].map((name) => focusField(form, name)), [true, true, false])
  assert.deepEqual(focused, ['one', 'text'])
})

test('resync is answered by hello', () => {
  const { socket } = connect()
  socket().onopen()
  socket().says({ type: 'resync' })
  assert.deepEqual(socket().sent.map(({ type }) => type), ['hello', 'hello'])
})

test('while no socket comes the list is looked up over HTTP, and no longer once one does', async () => {
  let looked = 0
  const fetchSnapshot = async () => { looked += 1; return { epoch: 'e1', sequence: 7 + looked, questions: [] } }
  const { clock, sockets, told, connection } = connect({ fetchSnapshot, random: 1 })
  sockets.at(-1).breaks()
  await clock.pass(2000)
  sockets.at(-1).breaks()
  await clock.pass(1.25 * POLL_MS)
  assert.deepEqual([looked, connection.sequence], [1, 8])
  const socket = sockets.at(-1)
  socket.onopen()
  socket.says(events(8))
  await clock.pass(4 * POLL_MS)
  assert.equal(looked, 1)
  assert.deepEqual(told.at(-1), ['status', 'live'])
})

test('a socket that is refused for good is not tried again', async () => {
  const { clock, sockets, told } = connect()
  sockets[0].breaks(4403)
  await clock.pass(600_000)
  assert.equal(sockets.length, 1)
  assert.deepEqual(told.at(-1), ['status', 'stopped'])
})

class Storage {
  constructor () { this.items = new Map() }
  getItem (name) { return this.items.get(name) ?? null }
  setItem (name, value) { this.items.set(name, value) }
}

test('an unsent question outlives the page, and once it has arrived its private fields are gone', () => {
  const storage = new Storage()
  const own = new OwnQuestions('4', storage)
  own.keep({ key: 'k1', text: 'Why?', name: 'Ada', postcode: 'IP1 2DE', name_is_public: false, agenda_item: null })
  const again = new OwnQuestions('4', storage)
  assert.deepEqual(again.unsent.map(({ key, postcode }) => [key, postcode]), [['k1', 'IP1 2DE']])
  assert.equal(again.note('k1', { state: 'held' }), true)
  assert.equal(again.note('k1', { state: 'held' }), false)
  assert.deepEqual(again.keys, ['k1'])
  assert.doesNotMatch(storage.getItem('wardmote-room-4'), /IP1|Ada/)
  assert.deepEqual(new OwnQuestions('5', storage).questions, [])
})

test('a store that is broken or refused costs nothing but memory over a reload', () => {
  const refusing = { getItem () { throw new Error('denied') }, setItem () { throw new Error('denied') } }
  for (const storage of [refusing, { getItem: () => '{', setItem () {} }, { getItem: () => '[1, {"key": 2}]', setItem () {} }]) {
    const own = new OwnQuestions('4', storage)
    assert.deepEqual(own.questions, [])
    own.keep({ key: 'k1', text: 'Why?' })
    assert.equal(own.unsent.length, 1)
  }
})

test('a burst of questions is one sentence in five seconds, and what became of your own is never left out', async () => {
  const clock = new Clock()
  const region = { textContent: '' }
  const spoken = []
  Object.defineProperty(region, 'textContent', { set: (text) => spoken.push([clock.time, text]) })
  const announcer = new Announcer(region, clock, (count, text) => count === 1 ? `New: ${text}` : `${count} new`)
  announcer.question('Why?')
  await clock.pass(0)
  for (let number = 0; number < 50; number++) {
    announcer.question(`Question ${number}?`)
    await clock.pass(100)
  }
  announcer.say('Your question is published.')
  announcer.question('Another?')
  await clock.pass(QUIET_MS)
  assert.deepEqual(spoken, [
    [0, 'New: Why?'],
    [5000, '50 new'],
    [10000, 'Your question is published. New: Another?']
  ])
})

test('counted sentences take the plural of their language', () => {
  const english = new Words({ n: { one: '{n} new question', other: '{n} new questions' }, said: 'from {ward}' }, 'en')
  assert.deepEqual([0, 1, 3].map((n) => english.count('n', n)), ['0 new questions', '1 new question', '3 new questions'])
  assert.equal(english.say('said', { ward: '{n}' }), 'from {n}')
  const welsh = new Words({ n: { two: '{n} dau', few: '{n} tri', other: '{n} arall' } }, 'cy')
  assert.deepEqual([2, 3, 4].map((n) => welsh.count('n', n)), ['2 dau', '3 tri', '4 arall'])
})

test('a room that is full is looked up over HTTP, and asked again after a while', async () => {
  let asked = 0
  const fetchSnapshot = async () => ({ epoch: 'e1', sequence: 8 + asked++, questions: [] })
  const { clock, sockets, told, connection, socket } = connect({ fetchSnapshot })
  socket().onopen()
  socket().breaks(FULL_CODE)
  assert.deepEqual([connection.isFull, told.at(-1)], [true, ['status', 'full']])
  await clock.pass(POLL_MS * 2)
  assert.equal(asked, 2)
  assert.deepEqual(told.at(-1), ['status', 'full'])
  connection.hurry() // going away and coming back is no way in
  await clock.pass(FULL_RETRY_MS - POLL_MS)
  assert.equal(sockets.length, 1)
  await clock.pass(FULL_RETRY_MS)
  assert.equal(sockets.length, 2)
  socket().onopen()
  socket().says({ type: 'events', epoch: 'e1', prev: connection.sequence, events: [] })
  assert.deepEqual([connection.isFull, told.at(-1)], [false, ['status', 'live']])
})

test('a page that wakes finds out whether its line is dead, and replaces it when nothing comes', async () => {
  const { clock, sockets, told, connection, socket } = connect()
  socket().onopen()
  socket().says(events(7))
  connection.hurry()
  connection.hurry() // looked at again: asked already
  assert.deepEqual(sockets[0].sent.map(({ type }) => type), ['hello', 'hello'])
  await clock.pass(SILENCE_MS - 1)
  assert.equal(sockets.length, 1)
  await clock.pass(1)
  assert.deepEqual([sockets[0].isClosed, told.at(-1)], [true, ['status', 'connecting']])
  await clock.pass(1000) // with jitter: the server may have been slow to many
  assert.equal(sockets.length, 2)
})

test('a page that nobody touches, as the big screen, finds out as well', async () => {
  const { clock, sockets, socket } = connect()
  socket().onopen()
  socket().says(events(7))
  await clock.pass(1.5 * LONG_QUIET_MS)
  assert.deepEqual(socket().sent.map(({ type }) => type), ['hello', 'hello'])
  socket().says(events(7))
  await clock.pass(1.5 * LONG_QUIET_MS + SILENCE_MS + 1000)
  assert.deepEqual([sockets.length, sockets[0].isClosed], [2, true])
})

test('a line that answers is kept, and the answer says that it is live', async () => {
  const { clock, sockets, told, connection, socket } = connect()
  socket().onopen()
  socket().says(events(7))
  connection.hurry()
  const before = told.length
  socket().says(events(7))
  await clock.pass(10 * SILENCE_MS)
  assert.equal(sockets.length, 1)
  assert.deepEqual(told.slice(before), [['status', 'live']])
})

test('a command that nothing follows makes the line be tried, not thrown away at once', async () => {
  const { clock, sockets, connection, socket } = connect()
  socket().onopen()
  socket().says(events(7))
  connection.command({ type: 'support', question: 3 })
  await clock.pass(SILENCE_MS)
  assert.deepEqual(socket().sent.map(({ type }) => type), ['hello', 'support', 'hello'])
  await clock.pass(SILENCE_MS + 1000)
  sockets[1].onopen()
  assert.deepEqual(sockets[1].sent.map(({ type }) => type), ['hello', 'support'])
  sockets[1].says({ type: 'counts', support: {} })
  await clock.pass(10 * SILENCE_MS)
  assert.equal(sockets.length, 2) // a slow answer on a line that speaks is waited for
})

test('a frame that the server would not read is refused here, to the byte, and never sent', async () => {
  const { connection, socket } = connect()
  socket().onopen()
  const bare = new TextEncoder().encode(JSON.stringify({ type: 'ask', text: '', id: 'c1' })).length
  const answer = await connection.command({ type: 'ask', text: 'x'.repeat(MAX_FRAME_BYTES - bare + 1) })
  assert.deepEqual(answer, { type: 'refused', id: 'c1', reason: 'too_large', message: 'Too long.', field: '' })
  connection.command({ type: 'ask', text: 'x'.repeat(MAX_FRAME_BYTES - bare) })
  assert.deepEqual(socket().sent.map(({ type }) => type), ['hello', 'ask'])
  assert.equal((await connection.command({ type: 'ask', text: 'ŵ'.repeat(MAX_FRAME_BYTES / 2) })).reason, 'too_large')
})

test('nothing waits for a socket that will never come', async () => {
  const { connection, socket, told } = connect()
  socket().onopen()
  const asked = connection.command({ type: 'support', question: 3 })
  socket().breaks(4404)
  assert.deepEqual([connection.takesCommands, told.at(-1)], [false, ['status', 'stopped']])
  assert.deepEqual([(await asked).reason, (await connection.command({ type: 'support', question: 3 })).message], ['stopped', 'Reload.'])
  connection.hurry()
  assert.deepEqual(told.at(-1), ['status', 'stopped'])
})

test('where only HTTP gets through, forms are posted and what waits is given back', async () => {
  let isDown = false
  const fetchSnapshot = async () => { if (isDown) throw new Error('down'); return null }
  const { clock, sockets, connection } = connect({ fetchSnapshot, random: 1 })
  sockets.at(-1).breaks()
  await clock.pass(2000)
  sockets.at(-1).breaks()
  const asked = connection.command({ type: 'support', question: 3 })
  assert.equal(connection.takesCommands, true)
  await clock.pass(1.25 * POLL_MS)
  assert.deepEqual([connection.takesCommands, (await asked).message], [false, 'Send it again.'])
  connection.wentOffline() // a form would now leave for the browser's own error page
  assert.equal(connection.takesCommands, true)
  isDown = true
  await clock.pass(1.25 * POLL_MS)
  assert.equal(connection.takesCommands, true)
  isDown = false
  await clock.pass(1.25 * POLL_MS)
  sockets.at(-1).onopen()
  sockets.at(-1).says(events(7))
  assert.equal(connection.takesCommands, true)
})

test('of what says the same thing anew only the latest goes out', async () => {
  const { connection, socket } = connect()
  const first = connection.command({ type: 'ballot', poll: 3, choices: [8] }, 'poll-3')
  connection.command({ type: 'ballot', poll: 4, choices: [1] }, 'poll-4')
  connection.command({ type: 'ballot', poll: 3, choices: [9] }, 'poll-3')
  socket().onopen()
  assert.equal((await first).type, 'superseded')
  assert.deepEqual(socket().sent.slice(1).map(({ poll, choices }) => [poll, choices]), [[4, [1]], [3, [9]]])
})

test('what piled up without a connection is not refused for going out all at once', async () => {
  const { clock, connection, socket } = connect()
  connection.command({ type: 'support', question: 3 })
  socket().onopen()
  socket().says({ type: 'refused', id: 'c1', reason: 'too_fast', message: 'Wait.' })
  await clock.pass(1.5 * TOO_FAST_MS)
  assert.equal(socket().sent.filter(({ type }) => type === 'support').length, 2)
  const clicked = connection.command({ type: 'support', question: 4 })
  socket().says({ type: 'refused', id: 'c2', reason: 'too_fast', message: 'Wait.' })
  assert.equal((await clicked).reason, 'too_fast')
})
