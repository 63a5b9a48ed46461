/**
 * The reader's own questions in this browser: what is not yet sent, and the keys of what was, so that its fate can be
 * told. Kept in localStorage; where that is refused, in memory.
 */
const MOST_KEPT = 20

export class OwnQuestions {
  /** @param {string} room key of the room; @param {Storage} storage */
  constructor (room, storage) {
    this.name = `wardmote-room-${room}`
    this.storage = storage
    this.questions = this.read()
  }

  /** Keep a question until it is acknowledged: {key, text, …} with state "unsent". */
  keep (question) {
    this.questions = this.questions.filter(({ key }) => key !== question.key)
    this.questions.push({ ...question, state: 'unsent', reason: '' })
    this.questions = this.questions.slice(-MOST_KEPT)
    this.write()
  }

  /** Note what became of a question: true when that is news. */
  note (key, { state, reason = '', into = null }) {
    const found = this.questions.find((question) => question.key === key)
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

  write () {
    try {
      this.storage.setItem(this.name, JSON.stringify(this.questions))
    } catch {
      // Private mode or a full store: this page still holds them.
    }
  }
}
