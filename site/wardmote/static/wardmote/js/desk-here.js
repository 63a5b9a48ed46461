/** Who is here now, as the server last counted: a part of the desk (see RoomParts). */
export class Here {
  constructor (root) {
    this.root = root
    this.none.hidden = false
  }

  get none () {
    return this.root.querySelector('[data-part="here-none"]')
  }

  here (frame) {
    for (const field of this.root.querySelectorAll('[data-here]')) {
      const value = frame[field.dataset.here]
      field.textContent = Array.isArray(value) ? value.join(', ') : value
    }
    this.root.querySelector('[data-part="here"]').hidden = false
    this.none.hidden = true
  }
}
