/**
 * The meeting's picture: HLS by hls.js where the browser has Media Source Extensions, natively elsewhere. The controls
 * are the browser's own. A stream that breaks off is tried again for as long as the page is open.
 */
export const RETRY_MS = 5000

export class Player {
  /** @param {Element} root with data-source; @param {{Hls: Function|undefined, clock: {setTimeout: Function}}} options */
  constructor (root, { Hls, clock }) {
    Object.assign(this, { root, Hls, clock })
    this.video = root.querySelector('video')
    this.status = root.querySelector('[data-part="player-status"]')
    this.video.addEventListener('playing', () => this.say('live'))
    this.video.addEventListener('waiting', () => this.say('waiting'))
  }

  start () {
    this.say('waiting')
    if (this.Hls?.isSupported()) this.startHls()
    else if (this.video.canPlayType('application/vnd.apple.mpegurl')) this.startNative()
    else this.say('unsupported')
  }

  startHls () {
    this.hls = new this.Hls({ enableWorker: true, backBufferLength: 60 })
    this.hls.on(this.Hls.Events.ERROR, (_name, error) => { if (error.fatal) this.recover(error) })
    this.hls.on(this.Hls.Events.MANIFEST_PARSED, () => this.play())
    this.hls.loadSource(this.root.dataset.source)
    this.hls.attachMedia(this.video)
  }

  startNative () {
    this.video.addEventListener('error', () => {
      this.say('failed')
      this.clock.setTimeout(() => { this.video.src = this.root.dataset.source }, RETRY_MS)
    })
    this.video.addEventListener('loadedmetadata', () => this.play())
    this.video.src = this.root.dataset.source
  }

  recover (error) {
    this.say('failed')
    if (error.type === this.Hls.ErrorTypes.MEDIA_ERROR) {
      this.hls.recoverMediaError()
      return
    }
    this.hls.destroy()
    this.clock.setTimeout(() => this.startHls(), RETRY_MS)
  }

  /** Muted pictures may start by themselves; where even that is refused, the controls wait for a click. */
  play () {
    this.video.play()?.catch(() => { this.status.textContent = '' })
  }

  say (what) {
    if (this.status) this.status.textContent = this.root.dataset[what]
  }
}

function start (root) {
  new Player(root, { Hls: window.Hls, clock: { setTimeout: window.setTimeout.bind(window) } }).start()
}

if (typeof document !== 'undefined') document.querySelectorAll('[data-module="player"]').forEach(start)
