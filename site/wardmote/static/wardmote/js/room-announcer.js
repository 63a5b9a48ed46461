/**
 * Speaks to screen readers without talking over them: at most one sentence in five seconds. A burst of questions is
 * one sentence with their number; what happened to the reader's own question is never left out.
 */
export const QUIET_MS = 5000

export class Announcer {
  /**
   * @param {HTMLElement} region a polite live region
   * @param {{setTimeout: Function, now: () => number}} clock
   * @param {(count: number, text: string) => string} sayQuestions words for new questions
   */
  constructor (region, clock, sayQuestions) {
    Object.assign(this, { region, clock, sayQuestions })
    this.sentences = []
    this.questions = []
    this.spokeAt = -Infinity
    this.timer = null
  }

  say (sentence) {
    if (!this.sentences.includes(sentence)) this.sentences.push(sentence)
    this.soon()
  }

  question (text) {
    this.questions.push(text)
    this.soon()
  }

  soon () {
    if (this.timer !== null) return
    const wait = Math.max(0, this.spokeAt + QUIET_MS - this.clock.now())
    this.timer = this.clock.setTimeout(() => this.speak(), wait)
  }

  speak () {
    this.timer = null
    this.spokeAt = this.clock.now()
    const sentences = this.sentences
    if (this.questions.length) sentences.push(this.sayQuestions(this.questions.length, this.questions[0]))
    this.sentences = []
    this.questions = []
    this.region.textContent = sentences.join(' ')
  }
}
