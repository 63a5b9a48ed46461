/**
 * Keeps a page and its room in step: says hello with what the page has, applies events by number, asks for what is
 * missing, comes back with full jitter, and looks the list up over HTTP while no socket can be had.
 *
 * Knows nothing of the page. Everything it uses of the browser is passed in.
 */
export const PROTOCOL = 1
export const FIRST_RETRY_MS = 2000
export const RETRY_GROWTH = 1.5 // half as long again each time: a process takes seconds to start, and nobody should sleep past it
export const LONGEST_RETRY_MS = 12_000
export const POLL_MS = 5000
export const POLL_AFTER_FAILURES = 2
export const SEEN_AT = 16_384 // characters; the server's account of us is settled at least this often
export const MAX_FRAME_BYTES = 8192 // the server refuses more, and cannot say which command it was
export const SILENCE_MS = 8000 // after something that is always answered; a phone that woke up may hold a dead line for minutes
export const LONG_QUIET_MS = 60_000 // and up to twice that, so that a quiet room is not asked by all at once
export const TOO_FAST_MS = 5000 // and up to twice that, before what piled up without a connection is sent again

export const FULL_CODE = 4429
export const FULL_RETRY_MS = 30_000 // and up to three times that, so that a crowd does not ask at once

const FINAL_CODES = new Set([4400, 4403, 4404])

export class RoomConnection {
  /**
   * @param {object} options
   * @param {string} options.url address of the socket
   * @param {(url: string) => WebSocket} options.openSocket
   * @param {{setTimeout: Function, clearTimeout: Function, random: () => number}} options.clock
   * @param {string} options.epoch and {number} options.sequence what the page has
   * @param {() => string[]} options.mine keys of the reader's own questions
   * @param {object} options.on snapshot, event, status, and if the page shows them counts, fate, welcome, here, holding, ownHand: functions
   * @param {() => Promise<object|null>} [options.fetchSnapshot] the list over HTTP; null when nothing has changed
   * @param {object} [options.refusals] sentence by reason for what is refused here: too_large, stopped, by_http
   */
  constructor ({ url, openSocket, clock, epoch, sequence, mine, on, fetchSnapshot = null, also = () => ({}), refusals = {} }) {
    Object.assign(this, { url, openSocket, clock, epoch, sequence, mine, on, fetchSnapshot, also, refusals })
    this.pending = new Map()
    this.failures = 0
    this.isStopped = false
    this.isFull = false // no socket is to be had for now
    this.isByHttp = false // there is no socket, yet the server can be reached: forms are posted
    this.retryTimer = null
    this.pollTimer = null
    this.answerTimer = null
    this.probeTimer = null
    this.quietTimer = null
    this.commandNumber = 0
  }

  connect () {
    if (this.isStopped || this.socket) return
    this.clock.clearTimeout(this.retryTimer)
    const socket = this.openSocket(this.url)
    this.socket = socket
    this.isOpen = false
    this.frames = this.unsaid = 0
    socket.onopen = () => this.opened(socket)
    socket.onmessage = (message) => this.received(message.data)
    socket.onclose = (event) => this.closed(socket, event.code)
    socket.onerror = () => {}
  }

  /** Whether a command goes out now or later. If not, the form that says the same is posted. */
  get takesCommands () {
    return !this.isStopped && !this.isByHttp
  }

  /** The browser says that there is no network: what is sent from now on waits, until HTTP gets through again. */
  wentOffline () {
    this.isByHttp = false
  }

  /** Try again at once, for example when the browser says it is online or the page is looked at again. */
  hurry () {
    if (this.isStopped) this.on.status('stopped')
    if (this.isStopped || this.isFull || this.probeTimer !== null) return
    this.failures = 0
    if (this.socket) this.probe()
    else this.connect()
  }

  /** Find out whether the line still carries anything: the answer to hello sets everything right, silence ends it. */
  probe () {
    if (this.probeTimer !== null) return
    if (this.isOpen) this.hello()
    this.probeTimer = this.clock.setTimeout(() => {
      this.drop()
      this.comeBack()
    }, SILENCE_MS)
  }

  stop () {
    this.isStopped = true
    this.clock.clearTimeout(this.retryTimer)
    this.clock.clearTimeout(this.pollTimer)
    this.drop()
    this.settleAll('stopped')
  }

  /**
   * Have something done. Resolves to the server's ack or refused frame; over a broken connection it is sent again, which
   * is safe: every command may be repeated. What is refused here, having no way to the server, resolves likewise.
   *
   * @param {string|null} about what it says the latest of, as one's own hand: an earlier command about the same that is
   *   not answered yet resolves to {type: 'superseded'} and is not sent again
   */
  command (frame, about = null) {
    const id = `c${++this.commandNumber}`
    const whole = { ...frame, id }
    if (this.isStopped) return Promise.resolve(this.refusal(id, 'stopped'))
    if (new TextEncoder().encode(JSON.stringify(whole)).length > MAX_FRAME_BYTES) {
      return Promise.resolve(this.refusal(id, 'too_large'))
    }
    for (const [earlier, one] of this.pending) {
      if (about !== null && one.about === about) this.settle({ type: 'superseded', id: earlier })
    }
    return new Promise((resolve) => {
      this.pending.set(id, { frame: whole, resolve, about, isLate: false })
      if (!this.isOpen) return
      this.send(whole)
      this.expectAnswer()
    })
  }

  refusal (id, reason) {
    return { type: 'refused', id, reason, message: this.refusals[reason] ?? '', field: '' }
  }

  /** A command that nothing at all follows may have gone into a dead line. */
  expectAnswer () {
    if (this.answerTimer !== null || this.probeTimer !== null) return
    this.answerTimer = this.clock.setTimeout(() => {
      this.answerTimer = null
      this.probe()
    }, SILENCE_MS)
  }

  opened (socket) {
    if (socket !== this.socket) return
    this.isOpen = true
    this.hello()
    for (const command of this.pending.values()) {
      command.isLate = true
      this.send(command.frame)
    }
  }

  hello () {
    const known = this.epoch ? { epoch: this.epoch, sequence: this.sequence } : {}
    this.send({ type: 'hello', protocol: PROTOCOL, ...known, mine: this.mine().slice(-20), ...this.also() })
  }

  send (frame) {
    this.socket?.send(JSON.stringify(frame))
  }

  received (text) {
    this.forgetSilence()
    this.quietTimer = this.clock.setTimeout(() => this.probe(), LONG_QUIET_MS * (1 + this.clock.random()))
    this.frames += 1
    this.unsaid += text.length
    const frame = JSON.parse(text)
    this[`on_${frame.type}`]?.(frame)
    if (this.unsaid >= SEEN_AT && this.isOpen) {
      this.unsaid = 0
      this.send({ type: 'seen', frames: this.frames })
    }
  }

  on_welcome (frame) {
    this.on.welcome?.(frame)
  }

  on_snapshot (frame) {
    this.inStep()
    this.epoch = frame.epoch
    this.sequence = frame.sequence
    this.on.snapshot(frame)
  }

  on_events (frame) {
    if (frame.epoch !== this.epoch || frame.prev > this.sequence) {
      this.hello() // something is missing: the server sends it, or all there is
      return
    }
    this.inStep()
    for (const event of frame.events) {
      if (event.sequence <= this.sequence) continue
      this.sequence = event.sequence
      this.on.event(event)
    }
  }

  on_counts (frame) {
    this.on.counts?.(frame)
  }

  on_here (frame) {
    this.on.here?.(frame)
  }

  on_holding (frame) {
    this.on.holding?.(frame)
  }

  on_fate (frame) {
    this.on.fate?.(frame)
  }

  on_own_hand (frame) {
    this.on.ownHand?.(frame)
  }

  on_ack (frame) {
    this.settle(frame)
  }

  on_refused (frame) {
    if (frame.reason === 'old_protocol') {
      this.stop()
      this.on.status('stopped')
    }
    const command = this.pending.get(frame.id)
    const isTooFast = frame.reason === 'too_fast' && command?.isLate // not the reader's fault: all of it went out at once
    if (command && (frame.reason === 'try_again' || isTooFast)) {
      const wait = isTooFast ? TOO_FAST_MS * (1 + this.clock.random()) : this.wait(1)
      this.clock.setTimeout(() => { if (this.isOpen && this.pending.has(frame.id)) this.send(command.frame) }, wait)
      return
    }
    this.settle(frame)
  }

  on_resync () {
    this.hello()
  }

  on_going_away (frame) {
    const wait = 1000 * frame.retry_seconds * (1 + this.clock.random())
    this.drop()
    this.retryIn(wait)
  }

  settle (frame) {
    const waiting = this.pending.get(frame.id)
    if (!waiting) return
    this.pending.delete(frame.id)
    waiting.resolve(frame)
  }

  /** Give back what waits, to a page that has a sentence for it; on any other it goes on waiting. */
  settleAll (reason) {
    if (!this.refusals[reason]) return
    for (const id of [...this.pending.keys()]) this.settle(this.refusal(id, reason))
  }

  inStep () {
    this.failures = 0
    this.isFull = this.isByHttp = false
    this.clock.clearTimeout(this.pollTimer)
    this.pollTimer = null
    this.on.status('live')
  }

  closed (socket, code) {
    if (socket !== this.socket) return
    this.drop()
    if (FINAL_CODES.has(code)) {
      this.stop()
      this.on.status('stopped')
      return
    }
    if (this.isStopped) return
    this.isFull = code === FULL_CODE
    if (this.isFull) {
      this.byHttp()
      this.on.status('full')
      this.retryIn(FULL_RETRY_MS * (1 + 2 * this.clock.random()))
      if (this.fetchSnapshot && !this.pollTimer) this.poll()
      return
    }
    this.comeBack()
  }

  comeBack () {
    this.failures += 1
    this.on.status(this.pollTimer ? 'polling' : 'connecting')
    this.retryIn(this.wait(this.failures))
    if (this.fetchSnapshot && this.failures >= POLL_AFTER_FAILURES && !this.pollTimer) this.poll()
  }

  /** Without a socket, but not without the server: nothing may wait for a socket that perhaps never comes. */
  byHttp () {
    this.isByHttp = true
    this.settleAll('by_http')
  }

  forgetSilence () {
    this.clock.clearTimeout(this.answerTimer)
    this.clock.clearTimeout(this.probeTimer)
    this.clock.clearTimeout(this.quietTimer)
    this.answerTimer = this.probeTimer = this.quietTimer = null
  }

  drop () {
    this.forgetSilence()
    const socket = this.socket
    this.socket = null
    this.isOpen = false
    if (socket) {
      socket.onclose = socket.onmessage = null
      socket.close()
    }
  }

  /** Full jitter: anywhere between nothing and an ever longer time, so that a crowd does not come back at once. */
  wait (attempt) {
    return this.clock.random() * Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * RETRY_GROWTH ** (attempt - 1))
  }

  retryIn (milliseconds) {
    this.clock.clearTimeout(this.retryTimer)
    this.retryTimer = this.clock.setTimeout(() => this.connect(), milliseconds)
  }

  /** The list over HTTP, for as long as the socket does not come. */
  poll () {
    this.pollTimer = this.clock.setTimeout(async () => {
      try {
        const frame = await this.fetchSnapshot()
        if (this.pollTimer === null) return // the socket came in the meantime
        if (frame && (frame.epoch !== this.epoch || frame.sequence >= this.sequence)) {
          this.epoch = frame.epoch
          this.sequence = frame.sequence
          this.on.snapshot(frame)
        }
        this.byHttp()
        this.on.status(this.isFull ? 'full' : 'polling')
      } catch {
        this.isByHttp = false
        this.on.status('offline')
      }
      if (this.pollTimer !== null && !this.isStopped) this.poll()
    }, POLL_MS * (0.75 + 0.5 * this.clock.random()))
  }
}
