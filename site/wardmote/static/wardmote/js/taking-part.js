/**
 * Reactions and one's own raised hand. The sums of a few seconds stand on the buttons; they are numbers, not news, and
 * are never spoken. The hand is a form that posts without this.
 */
export class TakingPart {
  /**
   * @param {HTMLElement} root holds the part `gestures`
   * @param {object} options
   * @param {import('./room-connection.js').RoomConnection} options.connection
   * @param {() => boolean} options.isConnected whether what is sent goes out at once
   * @param {import('./room-words.js').Words} options.words
   * @param {(sentence: string) => void} options.announce
   */
  constructor (root, { connection, isConnected, words, announce }) {
    Object.assign(this, { connection, isConnected, words, announce })
    this.section = root.querySelector('[data-part="gestures"]')
    const { reactions, hands, raised } = this.section.dataset
    this.taken = { state: root.dataset.state, reactions: reactions === 'yes', hands: hands === 'yes' }
    this.isRaised = raised === 'yes'
    this.wanted = null // whether the hand shall be up, until the server has answered
    this.part('reactions').addEventListener('click', (event) => this.react(event))
    this.part('hand').addEventListener('submit', (event) => this.submitted(event))
    this.show()
  }

  part (name) {
    return this.section.querySelector(`[data-part="${name}"]`)
  }

  snapshot (frame) {
    this.take(frame.room)
    this.sums({})
  }

  event ({ kind, payload }) {
    if (kind === 'room') this.take(payload)
  }

  counts ({ reactions }) {
    if (reactions) this.sums(reactions)
  }

  ownHand ({ raised }) {
    if (raised === this.isRaised) return
    this.isRaised = raised
    this.show()
    this.announce(this.words.say(raised ? 'handUp' : 'handDown'))
  }

  take ({ state, reactions, hands }) {
    this.taken = { state, reactions, hands }
    this.show()
  }

  show () {
    const isOn = !['closed', 'exempt'].includes(this.taken.state)
    this.part('reactions').hidden = !this.taken.reactions
    this.part('hand').hidden = !this.taken.hands
    this.section.hidden = !isOn || !(this.taken.reactions || this.taken.hands)
    const button = this.part('hand-button')
    const isUp = this.wanted ?? this.isRaised
    button.setAttribute('aria-pressed', String(isUp))
    button.name = isUp ? 'lower' : 'raise'
    this.part('hand-words').textContent = this.words.say(isUp ? 'lowerHand' : 'raiseHand')
    const name = this.part('hand-name')
    if (name) name.hidden = isUp
  }

  say (part, sentence) {
    this.part(part).textContent = sentence
    this.part(part).hidden = !sentence
  }

  sums (reactions) {
    for (const button of this.section.querySelectorAll('[data-reaction]')) {
      const sum = reactions[button.dataset.reaction] ?? 0
      button.querySelector('[data-part="sum"]').textContent = sum || ''
      button.toggleAttribute('data-lively', sum > 0)
    }
  }

  react (event) {
    const button = event.target.closest('[data-reaction]')
    if (button && this.connection.isOpen) this.connection.send({ type: 'react', reaction: button.dataset.reaction })
  }

  async submitted (event) {
    if (!this.connection.takesCommands) return // the form is posted
    event.preventDefault()
    const name = event.target.elements['hand-name']?.value ?? ''
    const raised = !(this.wanted ?? this.isRaised)
    this.wanted = raised
    this.show()
    this.say('hand-error', '')
    const waits = this.isConnected() ? '' : this.words.say('waitsHere')
    this.say('hand-waiting', waits)
    if (waits) this.announce(waits)
    const answer = await this.connection.command({ type: 'raise_hand', raised, name }, 'hand')
    if (answer.type === 'superseded') return
    this.wanted = null
    this.say('hand-waiting', '')
    if (answer.type === 'ack') this.ownHand({ raised })
    else this.say('hand-error', answer.message)
    this.show()
  }
}
