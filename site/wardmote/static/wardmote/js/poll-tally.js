/** How a poll stands, drawn into a card: a bar for each option with its number beside it, in one table. */
const SVG = 'http://www.w3.org/2000/svg'

/** An option with, at the ends of a rating, what its score means. */
export function optionText (poll, text) {
  const label = poll.kind === 'rating' && ({ 1: poll.low_label, 5: poll.high_label })[text]
  return label ? `${text}: ${label}` : text
}

/** Each bar with its text, its number in words and its length in per cent: what the server's page draws. */
export function rowsOf (poll, { people, bars }, words) {
  const texts = new Map(poll.options.map(({ id, text }) => [id, optionText(poll, text)]))
  const points = bars.map((bar) => bar.points)
  const longest = poll.kind === 'words' ? Math.max(0, ...bars.map(({ count }) => count))
    : poll.kind === 'ranking' ? people * (poll.options.length - 1) : people
  return bars.map((bar) => {
    const share = longest ? (bar.points ?? bar.count) / longest : 0
    const isTied = points.filter((one) => one === bar.points).length > 1
    return { text: bar.text ?? texts.get(bar.option), width: Math.round(100 * share), figure: figure(poll, bar, share, isTied, words) }
  })
}

function figure (poll, bar, share, isTied, words) {
  if (poll.kind === 'words') return String(bar.count)
  if (poll.kind !== 'ranking') return words.say('pollFigure', { n: bar.count, percent: Math.round(100 * share) })
  return words.say('pollRanked', { place: isTied ? `${bar.place}=` : bar.place, points: bar.points, n: bar.count })
}

export function showTally (card, poll, tally, words) {
  const part = card.querySelector('[data-part="tally"]')
  const set = (field, text) => { part.querySelector(`[data-field="${field}"]`).textContent = text }
  const isTied = tally.people > 0 && tally.bars.filter(({ place }) => place === 1).length > 1
  part.hidden = false
  set('people', words.count('pollPeople', tally.people))
  set('mean', tally.mean ? ` · ${words.say('pollMean', { mean: tally.mean.toFixed(1) })}` : '')
  set('tied', isTied ? ` · ${words.say('pollTied')}` : '')
  const body = part.querySelector('[data-part="bars"]')
  body.replaceChildren(...rowsOf(poll, tally, words).map((row) => draw(body.ownerDocument, row)))
}

function draw (document, { text, width, figure }) {
  const row = document.createElement('tr')
  const name = document.createElement('th')
  name.scope = 'row'
  const svg = document.createElementNS(SVG, 'svg')
  for (const [attribute, value] of Object.entries({ class: 'wm-bars__bar', width: '100%', height: 10, 'aria-hidden': 'true', focusable: 'false' })) {
    svg.setAttribute(attribute, value)
  }
  const bar = document.createElementNS(SVG, 'rect')
  bar.setAttribute('width', `${width}%`)
  bar.setAttribute('height', 10)
  svg.append(bar)
  name.append(text, svg)
  const number = document.createElement('td')
  number.className = 'wm-numbers'
  number.textContent = figure
  row.append(name, number)
  return row
}
