/**
 * The desk's navigation: one region is shown beside the agenda, the others are a key or a click away; how many things
 * wait in each is counted where they stand, whoever put them there. Without this all of them stand below one another.
 */
export const COUNT_MS = 100

export class Regions {
  /** @param {Element} root the desk; @param {{clock: {setTimeout: Function}, observe: Function}} options */
  constructor (root, { clock, observe }) {
    Object.assign(this, { root, clock })
    this.links = [...root.querySelectorAll('[data-region]')]
    this.title = root.ownerDocument.title
    this.isDue = false
    this.views = [...root.querySelector('[data-part="views"]').children]
    root.addEventListener('click', (event) => this.follow(event))
    root.querySelector('[data-part="views"]').classList.add('wm-desk__views--one')
    const hash = root.ownerDocument.location.hash.slice(1)
    this.show(this.firstView(hash), hash)
    observe(root, () => this.soon())
    this.count()
  }

  /** A burst of changes is counted once. */
  soon () {
    if (this.isDue) return
    this.isDue = true
    this.clock.setTimeout(() => {
      this.isDue = false
      this.count()
    }, COUNT_MS)
  }

  count () {
    let all = 0
    for (const link of this.links) {
      if (!link.dataset.waiting) continue
      const number = this.root.querySelectorAll(link.dataset.waiting).length
      const shown = link.querySelector('[data-part="waits-number"]')
      if (shown.textContent !== String(number)) shown.textContent = number
      const waits = link.querySelector('[data-part="waits"]')
      if (waits.hidden !== (number === 0)) waits.hidden = number === 0
      all += number
    }
    const title = all ? `(${all}) ${this.title}` : this.title
    if (this.root.ownerDocument.title !== title) this.root.ownerDocument.title = title
  }

  /** Where the address leads, or a form was refused, or else where most of the work is. */
  firstView (hash) {
    return this.viewOf(hash) ??
      this.views.find((view) => view.querySelector('.govuk-form-group--error, .govuk-error-message:not([hidden])')) ??
      this.views[0]
  }

  viewOf (id) {
    const place = id && this.root.querySelector(`[id="${id}"]`)
    return place ? this.views.find((view) => view.contains(place)) : undefined
  }

  /** Show one view, and mark the link that leads to `id` in it, or else the first that leads into it. */
  show (view, id) {
    if (!view) return // it is beside them
    for (const one of this.views) one.classList.toggle('wm-desk__view--away', one !== view)
    const into = this.links.filter(({ dataset }) => view.id === dataset.region || view.querySelector(`[id="${dataset.region}"]`))
    const current = into.find(({ dataset }) => dataset.region === id) ?? into[0]
    for (const link of this.links) {
      if (link === current) link.setAttribute('aria-current', 'true')
      else link.removeAttribute('aria-current')
    }
  }

  follow (event) {
    const link = event.target.closest?.('a[href^="#"]')
    if (!link) return
    event.preventDefault()
    this.goTo(link.hash.slice(1))
  }

  goTo (id) {
    this.show(this.viewOf(id), id)
    const place = this.root.querySelector(`[id="${id}"]`)
    place?.focus({ preventScroll: true })
    place?.scrollIntoView?.({ block: 'nearest' })
  }
}
