/** Who speaks and for how long, counted from moments by a clock that the test holds. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

const js = '../../site/wardmote/static/wardmote/js/'
const { Speakers, minutesAndSeconds, queueOf, spokenMs, TICK_MS } = await import(`${js}room-speakers.js`)
const { LiveForms, LiveFormsPart, BUSINESS_KINDS, GATHER_MS, RETRY_MS } = await import(`${js}live-forms.js`)
const { Motions, ScreenVote } = await import(`${js}room-motions.js`)

const START = Date.parse('2026-11-05T19:00:00Z')
const at = (seconds) => new Date(START + 1000 * seconds).toISOString()
const speaker = (id, fields = {}) => ({
  id, name: `Speaker ${id}`, state: 'waiting', place: id, is_point_of_order: false, agenda_item: null, side: null,
  allotted_seconds: 180, spoken_ms: 0, running_since: null, started_at: null, ...fields
})

class Clock {
  constructor (time) { Object.assign(this, { time, timers: [] }) }
  now = () => this.time
  clearTimeout = () => { this.timers = [] }
  setTimeout = (run, wait) => { this.timers.push({ run, wait }); return this.timers.length }
}

function page ({ behind = 0, speakers = [], item = null } = {}) {
  const fields = { speaking: {}, following: {}, clock: { isOver: false, toggleAttribute (_name, on) { this.isOver = on } } }
  const strip = { querySelector: (selector) => fields[selector.match(/data-field="(\w+)"/)[1]] }
  const root = {
    querySelector: (selector) => selector.includes('data-field') ? strip.querySelector(selector)
      : selector.includes('"speaking"') ? strip : null
  }
  const said = []
  const words = { say: (name, values = {}) => `${name} ${values.name ?? values.time ?? ''}` }
  const clock = new Clock(START - 1000 * behind)
  const part = new Speakers(root, {
    clock, words, announce: (sentence) => said.push(sentence), business: { now: at(0), speakers }, item
  })
  return { part, fields, strip, said, clock }
}

test('time is shown as clocks show it', () => {
  assert.deepEqual([0, 59.9, 60, 3599].map(minutesAndSeconds), ['0:00', '0:59', '1:00', '59:59'])
})

test('time spoken is what was counted before and what has passed since the clock runs', () => {
  assert.equal(spokenMs(speaker(1, { spoken_ms: 5000 }), START), 5000)
  assert.equal(spokenMs(speaker(1, { spoken_ms: 5000, running_since: at(0) }), START + 2500), 7500)
})

test('the queue has points of order first and leaves out who waits for another item', () => {
  const speakers = [speaker(1), speaker(2, { agenda_item: 9 }), speaker(3, { agenda_item: 8 }),
    speaker(4, { is_point_of_order: true }), speaker(5, { state: 'spoken' }), speaker(6, { state: 'paused' })]
  const { now, waiting } = queueOf(speakers, 9)
  assert.deepEqual([now.id, waiting.map((one) => one.id)], [6, [4, 1, 2]])
})

test('a browser whose clock is a minute slow shows the same time left as the chamber', () => {
  const running = speaker(1, { state: 'speaking', running_since: at(-30) })
  const { fields, clock } = page({ behind: 60, speakers: [running, speaker(2)] })
  assert.deepEqual([fields.speaking.textContent, fields.clock.textContent, fields.following.textContent],
    ['speaks Speaker 1', 'timeLeft 2:30', 'following Speaker 2'])
  assert.equal(clock.timers[0].wait, TICK_MS)
})

test('who begins to speak is announced once, and once that their time is up', () => {
  const { part, said, clock, fields } = page({ speakers: [speaker(1)] })
  const begun = { kind: 'speaker', payload: speaker(1, { state: 'speaking', running_since: at(0) }) }
  part.event(begun)
  part.event(begun)
  clock.time += 181_000
  part.showClock()
  part.showClock()
  assert.deepEqual(said, ['speaks Speaker 1', 'timeIsUp Speaker 1'])
  assert.deepEqual([fields.clock.textContent, fields.clock.isOver], ['timeOver 0:01', true])
})

test('a clock that is stopped asks for no more ticks, and an empty queue shows nothing', () => {
  const { part, strip, clock } = page({ speakers: [speaker(1, { state: 'paused', spoken_ms: 9000 })] })
  assert.equal(clock.timers.length, 0)
  part.snapshot({ speakers: [], room: { agenda_item: null } })
  assert.equal(strip.hidden, true)
})

function liveRoot () {
  return {
    dataset: { liveForms: '/yours/' }, ownerDocument: { addEventListener () {} }, addEventListener () {}, querySelectorAll: () => []
  }
}

test('a burst of changes looks the forms up once', async () => {
  const asked = []
  const timers = []
  const root = liveRoot()
  const forms = new LiveForms(root, {
    fetch: async (address) => { asked.push(address); return { ok: true, text: async () => '' } },
    clock: { setTimeout: (run, wait) => { timers.push({ run, wait }); return timers.length } },
    parse: () => ({ getElementById: () => null }),
    notReached: ''
  })
  for (let n = 0; n < 5; n++) forms.soon()
  assert.deepEqual(timers.map((timer) => timer.wait), [GATHER_MS])
  await timers[0].run()
  forms.soon()
  assert.deepEqual([asked, timers.length], [['/yours/'], 2])
})

test('a look that fails is tried again until one works, and what is refused for good is left', async () => {
  const clock = new Clock(0)
  clock.random = () => 0.5
  const answers = [null, { ok: false, status: 503 }, { ok: true, text: async () => 'new' }, { ok: false, status: 403 }]
  const shown = []
  const forms = new LiveForms(liveRoot(), {
    fetch: async () => answers.shift() ?? Promise.reject(new TypeError('no network')),
    clock,
    parse: (html) => { shown.push(html); return { getElementById: () => null } },
    notReached: ''
  })
  forms.soon()
  for (let n = 0; n < clock.timers.length; n++) await clock.timers[n].run()
  assert.deepEqual([shown, clock.timers.map(({ wait }) => wait)], [['new'], [GATHER_MS, RETRY_MS, RETRY_MS]])
  await forms.refresh()
  assert.deepEqual([answers, clock.timers.length], [[], 3])
})

test('of looks that overtake each other the older is not shown after the newer', async () => {
  const asked = []
  const shown = []
  const forms = new LiveForms(liveRoot(), {
    fetch: () => new Promise((resolve) => asked.push((html) => resolve({ ok: true, text: async () => html }))),
    clock: new Clock(0),
    parse: (html) => { shown.push(html); return { getElementById: () => null } },
    notReached: ''
  })
  const looks = [forms.refresh(), forms.refresh(), forms.refresh()]
  asked[1]('second')
  await looks[1]
  asked[0]('first')
  await looks[0]
  asked[2]('third')
  await looks[2]
  assert.deepEqual(shown, ['second', 'third'])
})

test('a form that was sent too fast keeps what was typed and says why', async () => {
  const error = { hidden: true, textContent: '' }
  const form = {
    dataset: {}, elements: {}, getAttribute: () => '/speak/', querySelector: () => error, reset: () => assert.fail('cleared')
  }
  const root = liveRoot()
  const message = 'That was a lot at once.'
  globalThis.FormData = class { append () {} }
  const forms = new LiveForms(root, {
    fetch: async () => ({ ok: false, status: 429, json: async () => ({ message, field: '' }) }),
    clock: {}, parse: () => null, notReached: 'not reached'
  })
  await forms.submitted({ preventDefault () {}, target: form })
  assert.deepEqual([error.textContent, error.hidden, form.dataset.sending], [message, false, undefined])
})

test('a desk follows every vote, a councillor’s own page only its beginning and its end', () => {
  const vote = (isOpen, voted) => ({ kind: 'vote', payload: { id: 5, is_open: isOpen, voted } })
  const asked = (everyVote) => {
    let count = 0
    const part = new LiveFormsPart({ soon: () => { count++ } }, BUSINESS_KINDS, { everyVote })
    for (const event of [vote(true, 0), vote(true, 1), vote(true, 2), vote(false, 2), { kind: 'question', payload: {} }]) part.event(event)
    return count
  }
  assert.deepEqual([asked(true), asked(false)], [4, 2])
})

test('a vote is announced when it is opened and with its result, not with every vote that is cast', () => {
  const said = []
  const words = { say: (name, values = {}) => [name, ...Object.values(values)].join(' ') }
  const motion = { id: 5, number: 1, amends: null }
  const motions = new Motions({}, { words, announce: (sentence) => said.push(sentence), business: { motions: [motion] } })
  motions.showMotions = () => {}
  const open = { id: 5, method: 'recorded', is_open: true, voted: 0, entitled: 3 }
  for (const voted of [0, 1, 2]) motions.event({ kind: 'vote', payload: { ...open, voted } })
  motions.event({ kind: 'vote', payload: {
    ...open, is_open: false, is_carried: true, votes_for: 1, against: 1, abstained: 0, casting: 'for', chair: 'Ann'
  } })
  assert.deepEqual(said, [
    'motion 1: motion_voting.', 'motion 1: motion_carried. result 1 1 0. casting Ann casting_for'
  ])
})

test('the big screen shows the last vote on the item being taken, and nothing of another item', () => {
  const words = { say: (name, values = {}) => [name, ...Object.values(values)].join(' ') }
  const [name, line] = [{}, {}]
  const part = {
    querySelector: (selector) => selector.includes('vote-name') ? name : line,
    toggleAttribute: (attribute, isOn) => { part[attribute] = isOn }
  }
  const root = { querySelector: () => part }
  const motion = (id, item) => ({ id, number: id, amends: null, agenda_item: item, state: 'carried' })
  const vote = (id) => ({
    id, method: 'show', is_open: false, opened_at: at(id), is_carried: true, votes_for: id, against: 0, abstained: 0, casting: null
  })
  const screen = new ScreenVote(root, {
    words, announce: () => {}, item: 9, business: { motions: [motion(1, 9), motion(2, 9), motion(3, 8)], votes: [] }
  })
  for (const id of [2, 1, 3]) screen.event({ kind: 'vote', payload: vote(id) })
  assert.deepEqual([part.hidden, name.textContent, line.textContent], [false, 'motion 2: motion_carried', 'result 2 0 0'])
  screen.event({ kind: 'vote', payload: { ...vote(2), is_open: true } })
  assert.equal(part['data-open'], true)
  screen.event({ kind: 'agenda', payload: { agenda_item: 7 } })
  assert.deepEqual([part.hidden, part['data-open']], [false, true], 'an open vote stays, whatever item is taken')
  screen.event({ kind: 'vote', payload: vote(2) })
  assert.deepEqual([part.hidden, part['data-open'], name.textContent, line.textContent], [true, false, '', ''])
})
