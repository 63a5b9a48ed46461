/**
 * Polls and raised hands on the desk, each drawn anew by the server when one has changed; while ballots come in, at most
 * once in two seconds, however many there are.
 */
export const TALLY_MS = 2000

export class OwnForms {
  /**
   * @param {import('./live-forms.js').LiveForms} forms
   * @param {{kinds: string[], clock: {setTimeout: Function}}} options the events after which they are drawn anew
   */
  constructor (forms, { kinds, clock }) {
    Object.assign(this, { forms, kinds, clock })
    this.isDue = false
  }

  snapshot () {
    this.forms.soon()
  }

  event ({ kind }) {
    if (this.kinds.includes(kind)) this.forms.soon()
  }

  counts ({ tallies }) {
    if (!tallies || this.isDue || !this.kinds.includes('poll')) return
    this.isDue = true
    this.clock.setTimeout(() => {
      this.isDue = false
      this.forms.soon()
    }, TALLY_MS)
  }
}
