/** Polls in the room: what a ballot's form says, and how a poll stands in words and bars. */
import assert from 'node:assert/strict'
import { test } from 'node:test'

const js = '../../site/wardmote/static/wardmote/js/'
const { ballotOf } = await import(`${js}room-polls.js`)
const { rowsOf } = await import(`${js}poll-tally.js`)
const { OwnForms, TALLY_MS } = await import(`${js}desk-own-forms.js`)
const { Words } = await import(`${js}room-words.js`)

const words = new Words({
  pollFigure: '{n} ({percent}%)', pollRanked: '{place}: {points} points, first for {n}'
}, 'en')
const form = (...elements) => ({ elements })
const radio = (value, checked) => ({ name: 'choice', value: String(value), checked })
const place = (option, value) => ({ name: `place-${option}`, value })

test('a ballot holds what is chosen, in the order of its places', () => {
  const csrf = { name: 'csrfmiddlewaretoken', value: 'x' }
  assert.deepEqual(ballotOf(form(csrf, radio(8, false), radio(9, true)), 'single'), { choices: [9] })
  assert.deepEqual(ballotOf(form(radio(8, true), radio(9, true)), 'multiple'), { choices: [8, 9] })
  assert.deepEqual(ballotOf(form(csrf, place(1, '3'), place(2, '1'), place(3, '2')), 'ranking'), { choices: [2, 3, 1] })
  assert.deepEqual(ballotOf(form(place(1, ''), place(2, '1'), place(3, '1')), 'ranking'), { choices: [] })
  assert.deepEqual(ballotOf(form({ name: 'word', value: ' trees ' }, { name: 'word', value: ' ' }), 'words'), { words: [' trees '] })
})

test('a bar is a share of people; nobody yet is no bar', () => {
  const poll = { kind: 'rating', low_label: 'Poor', high_label: '', options: [{ id: 1, text: '1' }, { id: 2, text: '2' }] }
  assert.deepEqual(rowsOf(poll, { people: 4, bars: [{ option: 1, count: 1 }, { option: 2, count: 3 }] }, words), [
    { text: '1: Poor', width: 25, figure: '1 (25%)' },
    { text: '2', width: 75, figure: '3 (75%)' }
  ])
  assert.deepEqual(rowsOf(poll, { people: 0, bars: [{ option: 1, count: 0 }] }, words)[0].width, 0)
})

test('a ranking tells points, place and tie; a cloud is as long as its longest word', () => {
  const poll = { kind: 'ranking', options: [{ id: 1, text: 'Bus' }, { id: 2, text: 'Tram' }, { id: 3, text: 'Foot' }] }
  const bars = [{ option: 2, count: 1, points: 3, place: 1 }, { option: 1, count: 1, points: 3, place: 1 }, { option: 3, count: 0, points: 0, place: 3 }]
  assert.deepEqual(rowsOf(poll, { people: 2, bars }, words), [
    { text: 'Tram', width: 75, figure: '1=: 3 points, first for 1' },
    { text: 'Bus', width: 75, figure: '1=: 3 points, first for 1' },
    { text: 'Foot', width: 0, figure: '3: 0 points, first for 0' }
  ])
  const cloud = { kind: 'words', options: [] }
  assert.deepEqual(rowsOf(cloud, { people: 9, bars: [{ option: 5, text: 'trees', count: 4 }, { option: 6, text: 'buses', count: 2 }] }, words), [
    { text: 'trees', width: 100, figure: '4' }, { text: 'buses', width: 50, figure: '2' }
  ])
})

test('the desk looks at most once in two seconds while ballots come in, and at once when a poll changes', () => {
  let looked = 0
  const waits = []
  const desk = new OwnForms({ soon: () => { looked += 1 } }, {
    kinds: ['poll'], clock: { setTimeout: (run, wait) => waits.push([run, wait]) }
  })
  for (let tick = 0; tick < 5; tick++) desk.counts({ tallies: [{}] })
  desk.counts({ support: {} })
  assert.deepEqual([waits.map(([, wait]) => wait), looked], [[TALLY_MS], 0])
  waits[0][0]()
  desk.event({ kind: 'poll' })
  desk.event({ kind: 'question' })
  assert.equal(looked, 2)
})
