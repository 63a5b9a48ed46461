/**
 * The reader's own questions in this browser: what is not yet sent or was refused, and the keys of what was sent, so
 * that its fate can be told. Kept in localStorage; where that is refused, in memory.
 */
const MOST_KEPT = 20

export class OwnQuestions {
  /** @param {string} room key of the room; @param {Storage|null} storage null where site data is refused */
  constructor (room, storage) {
    this.name = `wardmote-room-${room}`
    this.storage = storage
    this.questions = this.read()
    this.known = new Set(this.questions.map(({ key }) => key))
  }

  /** Keep a question until it is acknowledged: {key, text, …} with state "unsent". */
  keep (question) {
    this.put({ ...question, state: 'unsent', reason: '', code: '', field: '' })
  }

  /** The server does not take it: it stays with all that was typed, and why, until it is sent again or taken away. */
  refuse (question, { code, reason, field }) {
    this.put({ ...question, state: 'refused', reason, code, field })
  }

  put (question) {
    this.known.add(question.key)
    const isSame = ({ key }) => key === question.key
    if (this.questions.some(isSame)) this.questions = this.questions.map((one) => isSame(one) ? question : one)
    else this.questions.push(question)
    while (this.questions.length > MOST_KEPT) this.questions.splice(this.leastMissed(), 1)
    this.write()
  }

  /** The oldest question that has arrived; without one, the oldest. */
  leastMissed () {
    return Math.max(0, this.questions.findIndex(({ state }) => !['unsent', 'refused'].includes(state)))
  }

  find (key) {
    return this.questions.find((question) => question.key === key)
  }

  /** Note what became of a question: true when that is news. */
  note (key, { state, reason = '', into = null }) {
    const found = this.find(key)
    if (!found || (found.state === state && found.reason === reason && (found.into ?? null) === into)) return false
    // Once it has arrived, nothing of the form but its text is needed here any more.
    this.questions[this.questions.indexOf(found)] = { key, text: found.text, state, reason, into }
    this.write()
    return true
  }

  forget (key) {
    this.questions = this.questions.filter((question) => question.key !== key)
    this.write()
  }

  get unsent () {
    return this.questions.filter(({ state }) => state === 'unsent')
  }

  get keys () {
    return this.questions.filter(({ state }) => state !== 'unsent').map(({ key }) => key)
  }

  read () {
    try {
      const found = JSON.parse(this.storage.getItem(this.name) ?? '[]')
      return Array.isArray(found) ? found.filter((one) => typeof one?.key === 'string' && typeof one?.text === 'string') : []
    } catch {
      return []
    }
  }

  /** Another page of this room may have kept questions meanwhile: they stay. */
  write () {
    const others = this.read().filter(({ key }) => !this.known.has(key))
    for (const { key } of others) this.known.add(key)
    this.questions = [...others, ...this.questions]
    try {
      this.storage.setItem(this.name, JSON.stringify(this.questions))
    } catch {
      // Private mode or a full store: this page still holds them.
    }
  }
}
