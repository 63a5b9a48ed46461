/**
 * Says how much of a total is left while somebody shares it out. The server checks the sum; this only spares a try.
 */
const CURRENCIES = ['£', '€', '$']

/** The whole number that somebody typed, as the server reads it: "1,200", "£40"; 0 for nothing, NaN for anything else. */
export function readAmount (typed) {
  const plain = typed.replace(/[\s,£]/g, '').replace('\u2212', '-')
  return plain === '' ? 0 : /^\d+$/.test(plain) ? Number(plain) : NaN
}

/** An amount as people read it: "1,200 points", "£40", "15%". */
export function sayAmount (amount, unit) {
  const plain = amount.toLocaleString('en-GB')
  if (CURRENCIES.includes(unit)) return unit + plain
  return unit === '%' ? plain + unit : `${plain} ${unit}`.trim()
}

export class Budget {
  /** @param {HTMLElement} box what holds the fields, with its total, unit and words. */
  constructor (box) {
    this.box = box
    this.inputs = [...box.querySelectorAll('input')]
    this.line = box.querySelector('[data-part="left"]')
    box.addEventListener('input', () => this.show())
    this.show()
  }

  /** Nothing is said before the first amount, nor while one cannot be read. */
  get words () {
    const { total, unit, left, over, done } = this.box.dataset
    if (!this.inputs.some((input) => input.value.trim())) return ''
    const rest = Number(total) - this.inputs.reduce((sum, input) => sum + readAmount(input.value), 0)
    if (Number.isNaN(rest)) return ''
    if (rest === 0) return done
    return rest > 0 ? `${left} ${sayAmount(rest, unit)}` : `${over} ${sayAmount(-rest, unit)}`
  }

  show () {
    const words = this.words
    if (this.line.textContent !== words) this.line.textContent = words
  }
}

if (typeof document !== 'undefined') {
  for (const box of document.querySelectorAll('[data-module="budget"]')) new Budget(box)
}
