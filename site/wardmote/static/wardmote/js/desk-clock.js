/** Counts the running clocks on the desk, which the server draws as they stood when it drew them. */
import { TICK_MS, minutesAndSeconds } from './room-speakers.js'

export class DeskClock {
  constructor (root, { clock, words }) {
    Object.assign(this, { root, clock, words })
    this.drawnAt = new WeakMap()
    this.tick()
  }

  tick () {
    for (const element of this.root.querySelectorAll('[data-spoken-ms]')) this.show(element)
    this.clock.setTimeout(() => this.tick(), TICK_MS)
  }

  show (element) {
    const now = this.clock.now()
    if (!this.drawnAt.has(element)) this.drawnAt.set(element, now)
    const spoken = Number(element.dataset.spokenMs) + now - this.drawnAt.get(element)
    const left = Number(element.dataset.allotted) - spoken / 1000
    const time = minutesAndSeconds(left < 0 ? -left : Math.ceil(left))
    element.toggleAttribute('data-over', left < 0)
    element.textContent = this.words.say(left < 0 ? 'timeOver' : 'timeLeft', { time })
  }
}
