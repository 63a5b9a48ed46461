/**
 * The slate over an interrupted meeting, on the room's page and on the big screen: a private session with its reason,
 * an adjournment with the time at which it ends. While the session is private the page holds no picture.
 */
export class Slate {
  /** `words` are the server's `slate_words`; `root` is the page's part that holds the slate and the picture. */
  constructor (root, { words }) {
    Object.assign(this, { root, words })
    this.slate = this.part('slate')
    this.picture = root.querySelector('.wm-player')
    this.wasLoadedPrivate = this.slate.dataset.loaded === 'exempt'
  }

  part (name) {
    return this.root.querySelector(`[data-part="${name}"]`)
  }

  snapshot (frame) {
    this.show(frame.room)
  }

  event ({ kind, payload }) {
    if (kind === 'room') this.show(payload)
  }

  show ({ state, exempt_paragraph: paragraph, resumes_at: resumes }) {
    const isPrivate = state === 'exempt'
    const isAdjourned = state === 'adjourned'
    const isAgain = this.wasLoadedPrivate && !isPrivate
    const until = resumes ? this.words.until.replace('{time}', this.clock(resumes)) : ''
    this.part('slate-title').textContent = isPrivate ? this.words.exempt : isAdjourned ? this.words.adjourned : ''
    this.part('slate-why').textContent = isPrivate ? this.words.why[paragraph] : ''
    this.part('slate-until').textContent = until
    this.part('slate-back').hidden = !isPrivate
    this.part('slate-again').hidden = !isAgain
    this.slate.hidden = !(isPrivate || isAdjourned || isAgain)
    this.blank(isPrivate)
  }

  /** The picture goes with its address, and comes back from what is remembered here. */
  blank (isPrivate) {
    if (!this.picture || this.picture.hidden === isPrivate) return
    this.picture.hidden = isPrivate
    for (const frame of this.picture.querySelectorAll('iframe')) {
      if (isPrivate) this.source = frame.src
      if (isPrivate) frame.removeAttribute('src')
      else frame.src = this.source
    }
    const player = this.picture.querySelector('[data-module="player"]')
    player?.dispatchEvent(new player.ownerDocument.defaultView.Event(isPrivate ? 'wm-stop' : 'wm-start'))
  }

  /** As the server says a time: 7:15pm, 7pm, midday. */
  clock (moment) {
    const parts = new Intl.DateTimeFormat('en-GB', {
      hour: 'numeric', minute: 'numeric', hourCycle: 'h23', timeZone: this.words.zone
    }).formatToParts(new Date(moment))
    const [hour, minute] = ['hour', 'minute'].map((type) => Number(parts.find((part) => part.type === type).value))
    if (minute === 0 && hour % 12 === 0) return hour ? this.words.midday : this.words.midnight
    const clock = `${hour % 12 || 12}${minute ? `:${String(minute).padStart(2, '0')}` : ''}`
    return (hour < 12 ? this.words.am : this.words.pm).replace('{clock}', clock)
  }
}
