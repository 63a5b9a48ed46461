/**
 * Interests, motions and votes on the room's page, as the log tells them. While a vote is open it says only how many
 * have voted; how each councillor voted comes with the result, and with its table.
 */
export class Motions {
  /**
   * @param {HTMLElement} root the room
   * @param {object} options
   * @param {import('./room-words.js').Words} options.words
   * @param {(sentence: string) => void} options.announce
   * @param {object} options.business what the page was drawn from: `declarations`, `motions`, `votes`
   */
  constructor (root, { words, announce, business }) {
    Object.assign(this, { root, words, announce })
    this.take(business)
  }

  take ({ declarations = [], motions = [], votes = [] }) {
    const byId = (things) => new Map(things.map((thing) => [thing.id, thing]))
    this.declarations = byId(declarations)
    this.motions = byId(motions)
    this.votes = byId(votes)
  }

  snapshot (frame) {
    this.take(frame)
    this.showInterests()
    this.showMotions()
  }

  event ({ kind, payload }) {
    if (kind === 'declaration') this.declarations.set(payload.id, payload)
    if (kind === 'declaration_removed') this.declarations.delete(payload.id)
    if (kind === 'motion') this.motions.set(payload.id, payload)
    if (kind === 'vote_removed') this.votes.delete(payload.id)
    if (kind === 'vote') this.takeVote(payload)
    if (kind.startsWith('declaration')) this.showInterests()
    if (kind === 'motion' || kind === 'vote' || kind === 'vote_removed') this.showMotions()
  }

  takeVote (vote) {
    const wasOpen = this.votes.get(vote.id)?.is_open
    this.votes.set(vote.id, vote)
    const motion = this.motions.get(vote.id)
    if (!motion || wasOpen === vote.is_open) return
    const state = this.words.say(vote.is_open ? 'motion_voting' : vote.is_carried ? 'motion_carried' : 'motion_lost')
    this.announce([`${this.name(motion)}: ${state}.`, vote.is_open ? '' : this.sayVote(vote)].filter(Boolean).join(' '))
  }

  part (name) {
    return this.root.querySelector(`[data-part="${name}"]`)
  }

  name (motion) {
    const amended = this.motions.get(motion.amends)
    if (amended) return this.words.say('amendment', { number: motion.number, motion: amended.number })
    return this.words.say('motion', { number: motion.number })
  }

  sayVote (vote) {
    if (!vote) return ''
    if (vote.is_open) return vote.method === 'recorded' ? this.words.say('voteOpen', vote) : this.words.say('showOpen')
    const result = this.words.say('result', { for: vote.votes_for, against: vote.against, abstained: vote.abstained })
    if (!vote.casting) return result
    const casting = vote.casting === 'not_used'
      ? this.words.say('castingNotUsed')
      : this.words.say('casting', { name: vote.chair, choice: this.words.say(`casting_${vote.casting}`) })
    return `${result}. ${casting}`
  }

  showMotions () {
    const all = [...this.motions.values()].sort((one, other) => one.id - other.id)
    const inOrder = all.filter((motion) => motion.amends === null)
      .flatMap((motion) => [motion, ...all.filter((other) => other.amends === motion.id)])
    this.part('motions').hidden = this.part('way-motions').hidden = inOrder.length === 0
    const list = this.part('motion-list')
    const elements = inOrder.map((motion) => this.fill(this.find(list, motion) ?? this.build(motion), motion))
    const isSame = elements.length === list.children.length && elements.every((one, place) => one === list.children[place])
    if (!isSame) list.replaceChildren(...elements)
  }

  find (list, motion) {
    return list.querySelector(`[data-motion="${motion.id}"]`)
  }

  build (motion) {
    const element = this.part('motion-template').content.firstElementChild.cloneNode(true)
    element.id = `motion-${motion.id}`
    element.dataset.motion = motion.id
    element.classList.toggle('wm-motion--amendment', motion.amends !== null)
    return element
  }

  fill (element, motion) {
    const vote = this.votes.get(motion.id)
    const set = (field, text) => { element.querySelector(`[data-field="${field}"]`).textContent = text }
    const people = [this.words.say('movedBy', { name: motion.mover })]
    if (motion.seconder) people.push(this.words.say('secondedBy', { name: motion.seconder }))
    element.dataset.state = motion.state
    set('name', this.name(motion))
    set('state', this.words.say(`motion_${motion.state}`))
    set('words', motion.substantive_text || motion.text)
    set('text', motion.text)
    set('people', people.join(', '))
    set('vote', this.sayVote(vote))
    element.querySelector('[data-part="moved"]').hidden = !motion.substantive_text
    this.showRoll(element, vote)
    return element
  }

  showRoll (element, vote) {
    const roll = vote && !vote.is_open ? vote.roll : []
    element.querySelector('[data-part="roll"]').hidden = roll.length === 0
    const rows = element.querySelector('[data-part="roll-rows"]')
    const document = element.ownerDocument
    rows.replaceChildren(...roll.map((entry) => {
      const row = document.createElement('tr')
      const name = document.createElement('th')
      name.scope = 'row'
      name.textContent = entry.name
      const choice = document.createElement('td')
      choice.textContent = this.words.say(entry.is_barred ? 'barred' : `choice_${entry.choice}`)
      row.append(name, choice)
      return row
    }))
  }

  showInterests () {
    const declared = [...this.declarations.values()]
    this.part('interests').hidden = declared.length === 0
    const list = this.part('interest-list')
    const document = list.ownerDocument
    const paragraph = (css, text) => {
      const element = document.createElement('p')
      element.className = css
      element.textContent = text
      return element
    }
    list.replaceChildren(...declared.map((declaration) => {
      const element = document.createElement('li')
      element.className = 'wm-interest'
      const item = this.root.querySelector(`[data-item="${declaration.agenda_item}"]`)
      const about = item ? `: ${item.dataset.number}. ${item.dataset.title}` : ''
      const facts = [this.words.say(`interest_${declaration.kind}`)]
      if (declaration.has_dispensation) facts.push(this.words.say('dispensation'))
      if (declaration.leaves_room) facts.push(this.words.say('leavesRoom'))
      element.append(
        paragraph('wm-interest__who', declaration.name + about),
        paragraph('wm-interest__what', declaration.nature),
        paragraph('wm-meta', facts.join(' · '))
      )
      return element
    }))
  }
}

/** The big screen's one line: the last vote that was opened on the agenda item being taken, and what came of it. */
export class ScreenVote extends Motions {
  constructor (root, { item, ...options }) {
    super(root, options)
    this.item = item
  }

  snapshot (frame) {
    this.item = frame.room.agenda_item
    super.snapshot(frame)
  }

  event (event) {
    if (event.kind === 'room' || event.kind === 'agenda') this.item = event.payload.agenda_item
    super.event(event)
    this.showMotions()
  }

  showInterests () {}

  showMotions () {
    const known = [...this.votes.values()].filter(({ id }) => this.motions.has(id))
    const open = known.filter((vote) => vote.is_open)
    const onItem = ({ id }) => this.item && this.motions.get(id).agenda_item === this.item
    const votes = (open.length ? open : known.filter(onItem))
      .sort((one, other) => one.opened_at.localeCompare(other.opened_at) || one.id - other.id)
    const vote = votes.at(-1)
    const motion = vote && this.motions.get(vote.id)
    const part = this.part('vote-now')
    part.hidden = !motion
    part.toggleAttribute('data-open', Boolean(motion && vote.is_open))
    const set = (field, text) => { part.querySelector(`[data-field="${field}"]`).textContent = text }
    set('vote-name', motion ? `${this.name(motion)}: ${this.words.say(`motion_${motion.state}`)}` : '')
    set('vote-line', motion ? this.sayVote(vote) : '')
  }
}
