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
   */
  constructor ({ url, openSocket, clock, epoch, sequence, mine, on, fetchSnapshot = null, also = () => ({}) }) {
    Object.assign(this, { url, openSocket, clock, epoch, sequence, mine, on, fetchSnapshot, also })
    this.pending = new Map()
    this.failures = 0
    this.isStopped = false
    this.isFull = false // no socket is to be had for now: forms are posted
    this.retryTimer = null
    this.pollTimer = null
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

  /** Try again at once, for example when the browser says it is online. */
  hurry () {
    if (this.socket || this.isFull) return
    this.failures = 0
    this.connect()
  }

  stop () {
    this.isStopped = true
    this.clock.clearTimeout(this.retryTimer)
    this.clock.clearTimeout(this.pollTimer)
    this.socket?.close()
  }

  /**
   * Have something done. Resolves to the server's ack or refused frame; over a broken connection it is sent again, which
   * is safe: every command may be repeated.
   */
  command (frame) {
    const id = `c${++this.commandNumber}`
    return new Promise((resolve) => {
      this.pending.set(id, { frame: { ...frame, id }, resolve })
      if (this.isOpen) this.send(this.pending.get(id).frame)
    })
  }

  opened (socket) {
    if (socket !== this.socket) return
    this.isOpen = true
    this.hello()
    for (const { frame } of this.pending.values()) this.send(frame)
  }

  hello () {
    const known = this.epoch ? { epoch: this.epoch, sequence: this.sequence } : {}
    this.send({ type: 'hello', protocol: PROTOCOL, ...known, mine: this.mine().slice(-20), ...this.also() })
  }

  send (frame) {
    this.socket?.send(JSON.stringify(frame))
  }

  received (text) {
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
    if (frame.reason === 'try_again' && this.pending.has(frame.id)) {
      const { frame: command } = this.pending.get(frame.id)
      this.clock.setTimeout(() => { if (this.isOpen && this.pending.has(frame.id)) this.send(command) }, this.wait(1))
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

  inStep () {
    this.failures = 0
    this.isFull = false
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
      this.on.status('full')
      this.retryIn(FULL_RETRY_MS * (1 + 2 * this.clock.random()))
      if (this.fetchSnapshot && !this.pollTimer) this.poll()
      return
    }
    this.failures += 1
    this.on.status(this.pollTimer ? 'polling' : 'connecting')
    this.retryIn(this.wait(this.failures))
    if (this.fetchSnapshot && this.failures >= POLL_AFTER_FAILURES && !this.pollTimer) this.poll()
  }

  drop () {
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
        this.on.status(this.isFull ? 'full' : 'polling')
      } catch {
        this.on.status('offline')
      }
      if (this.pollTimer !== null && !this.isStopped) this.poll()
    }, POLL_MS * (0.75 + 0.5 * this.clock.random()))
  }
}
