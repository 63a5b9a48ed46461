/**
 * Single keys on the desk. They can be turned off, and do nothing where somebody types. They press the page's own
 * buttons, so that a key does what a click does and nothing else.
 */
const FIELDS = 'input:not([type="checkbox"], [type="radio"], [type="hidden"]), select, textarea, [contenteditable]'
export const STORED = 'wm-desk-keys'

export class Keys {
  /** @param {Element} root the desk; @param {{storage: Storage|null, goTo: (region: string) => void}} options */
  constructor (root, { storage, goTo }) {
    Object.assign(this, { root, storage, goTo })
    this.help = root.querySelector('[data-part="keys"]')
    this.switch = root.querySelector('[data-part="keys-on"]')
    this.help.hidden = false
    this.switch.checked = this.recalled() !== 'off'
    this.switch.addEventListener('change', () => this.remember(this.switch.checked ? 'on' : 'off'))
    root.ownerDocument.addEventListener('keydown', (event) => this.pressed(event))
  }

  pressed (event) {
    if (!this.switch.checked || event.ctrlKey || event.altKey || event.metaKey || event.repeat) return
    if (event.defaultPrevented || event.target.closest?.(FIELDS)) return
    if (this.act(event.key, event.target)) event.preventDefault()
  }

  /** Whether the key did something. */
  act (key, target) {
    const region = this.root.querySelector(`[data-region][data-key="${CSS.escape(key)}"]`)
    if (region) {
      this.goTo(region.dataset.region)
      return true
    }
    const card = target.closest?.('[data-question]')
    switch (key) {
      case 'n': return this.take(1)
      case 'b': return this.take(-1)
      case 'j': return this.move(card, 1)
      case 'k': return this.move(card, -1)
      case 'p': return this.press(card, 'publish')
      case 'x': return this.open(card, 'withhold', 'reason')
      case 'r': return this.open(card, 'answer', 'answer')
      case '?':
        this.help.open = true
        this.help.querySelector('summary').focus()
        return true
    }
    return false
  }

  /** Say that the next agenda item, or the one before, is being taken. */
  take (step) {
    const items = [...this.root.querySelectorAll('[data-part="agenda"] [data-item]')]
    const current = items.findIndex((item) => item.getAttribute('aria-current') === 'step')
    const next = current === -1 ? items[step === 1 ? 0 : -1] : items[current + step]
    next?.querySelector('button').click()
    return Boolean(next)
  }

  move (card, step) {
    const cards = [...this.root.querySelectorAll('[data-lane] [data-question]')]
    const next = card ? cards[cards.indexOf(card) + step] : cards[0]
    if (next) this.goTo(next.id)
    return Boolean(next)
  }

  formOf (card, decision) {
    const field = card?.querySelector(`form input[name="decision"][value="${decision}"]`)
    const form = field?.closest('form')
    return form && !form.closest('[hidden]') ? form : null
  }

  press (card, decision) {
    const form = this.formOf(card, decision)
    form?.querySelector('button').click()
    return Boolean(form)
  }

  open (card, decision, field) {
    const form = this.formOf(card, decision)
    if (!form) return false
    form.closest('details').open = true
    form.elements[field].focus()
    return true
  }

  recalled () {
    try {
      return this.storage?.getItem(STORED)
    } catch {
      return null
    }
  }

  remember (value) {
    try {
      this.storage?.setItem(STORED, value)
    } catch {
      // It holds for this page at least.
    }
  }
}
