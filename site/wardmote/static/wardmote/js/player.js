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
    this.source = root.dataset.source
    this.status = root.querySelector('[data-part="player-status"]')
    this.video.addEventListener('playing', () => this.say('live'))
    this.video.addEventListener('waiting', () => this.say('waiting'))
  }

  start () {
    this.isStopped = false
    this.root.dataset.source = this.source
    this.say('waiting')
    if (this.Hls?.isSupported()) this.startHls()
    else if (this.video.canPlayType('application/vnd.apple.mpegurl')) this.startNative()
    else this.say('unsupported')
  }

  /** The public is excluded: no picture, and no address from which to get one. */
  stop () {
    this.isStopped = true
    this.hls?.destroy()
    this.hls = null
    delete this.root.dataset.source
    this.root.querySelector('noscript')?.remove()
    this.video.removeAttribute('src')
    this.video.load()
  }

  startHls () {
    if (this.isStopped) return
    this.hls = new this.Hls({ enableWorker: true, backBufferLength: 60 })
    this.hls.on(this.Hls.Events.ERROR, (_name, error) => { if (error.fatal) this.recover(error) })
    this.hls.on(this.Hls.Events.MANIFEST_PARSED, () => this.play())
    this.hls.loadSource(this.source)
    this.hls.attachMedia(this.video)
  }

  startNative () {
    this.video.onerror = () => {
      if (this.isStopped) return
      this.say('failed')
      this.clock.setTimeout(() => { if (!this.isStopped) this.video.src = this.source }, RETRY_MS)
    }
    this.video.onloadedmetadata = () => this.play()
    this.video.src = this.source
  }

  recover (error) {
    if (this.isStopped) return
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
  const player = new Player(root, { Hls: window.Hls, clock: { setTimeout: window.setTimeout.bind(window) } })
  root.addEventListener('wm-stop', () => player.stop())
  root.addEventListener('wm-start', () => player.start())
  player.start()
}

if (typeof document !== 'undefined') document.querySelectorAll('[data-module="player"]').forEach(start)
