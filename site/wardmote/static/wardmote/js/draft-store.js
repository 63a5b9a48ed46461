/**
 * What this device holds of answers that are not sent: until the server has acknowledged it, the words themselves;
 * after that only how to come back to them. Kept in localStorage; where that is refused, in memory.
 */
export const MOST_KEPT = 5
export const WORDS_KEPT_MS = 30 * 24 * 3600 * 1000
export const WAY_BACK_KEPT_MS = 24 * 3600 * 1000 // others may use this computer

export class DraftStore {
  /** @param {string} consultation its number; @param {Storage} storage; @param {() => number} now milliseconds */
  constructor (consultation, storage, now) {
    this.name = `wardmote-drafts-${consultation}`
    this.storage = storage
    this.now = now
    this.memory = []
  }

  /** Keep {key, draft, revision, writer, sequence, fields}; fields is null once the server has them. */
  keep (entry) {
    this.write([...this.entries.filter(({ key }) => key !== entry.key), { ...entry, at: this.now() }])
  }

  forget (key) {
    this.write(this.entries.filter((entry) => entry.key !== key))
  }

  /** The entry to offer: of this very form, if the server lacks its words; to a form just begun, the latest other. */
  offer (key, isBegun) {
    const own = this.entries.find((entry) => entry.key === key)
    if (own?.fields) return own
    if (isBegun) return null
    return this.entries.filter((entry) => entry.key !== key).at(-1) ?? null
  }

  /** Read anew each time: other windows write here too. */
  get entries () {
    return this.read().filter(({ at, fields }) => this.now() - at < (fields ? WORDS_KEPT_MS : WAY_BACK_KEPT_MS))
  }

  read () {
    try {
      const found = JSON.parse(this.storage.getItem(this.name) ?? 'null') ?? this.memory
      return Array.isArray(found) ? found.filter((one) => typeof one?.key === 'string' && typeof one?.at === 'number') : []
    } catch {
      return this.memory
    }
  }

  write (entries) {
    this.memory = entries.slice(-MOST_KEPT)
    try {
      if (this.memory.length) this.storage.setItem(this.name, JSON.stringify(this.memory))
      else this.storage.removeItem(this.name)
    } catch {
      // Private mode or a full store: this page still holds them.
    }
  }
}
