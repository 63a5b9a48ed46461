/**
 * What this device holds of answers that are not sent: until the server has acknowledged it, the words themselves;
 * after that only how to come back to them. Kept in localStorage; where that is refused, in memory.
 *
 * Browsers write localStorage to the disk seconds or a minute later, so one that is killed forgets it. A mirror in
 * IndexedDB is written at once; where there is one, it is what is believed when a page opens.
 */
export const MOST_KEPT = 5
export const WORDS_KEPT_MS = 30 * 24 * 3600 * 1000
export const WAY_BACK_KEPT_MS = 24 * 3600 * 1000 // others may use this computer

const nameOf = ({ key, step = '' }) => `${key} ${step}`

export class DraftStore {
  /**
   * @param {string} consultation its number; @param {Storage} storage; @param {() => number} now milliseconds
   * @param {{get: (name: string) => Promise<string|null>, put: (name: string, text: string) => void}|null} mirror
   */
  constructor (consultation, storage, now, mirror = null) {
    this.mirror = mirror
    this.touched = new Set() // names of entries, and keys, of which this page knows better than the mirror
    this.name = `wardmote-drafts-${consultation}`
    this.storage = storage
    this.now = now
    this.memory = []
  }

  /** Take over what the mirror has. Never fails: without it, localStorage is what there is. */
  async load () {
    try {
      const text = await this.mirror?.get(this.name)
      const found = JSON.parse(text ?? 'null')
      if (!Array.isArray(found)) return
      const isTouched = (entry) => this.touched.has(entry.key) || this.touched.has(nameOf(entry))
      this.write([...found.filter((entry) => !isTouched(entry)), ...this.read().filter(isTouched)])
    } catch {
      // no mirror in this browser, or nothing sensible in it
    }
  }

  /**
   * Keep {key, step, draft, revision, writer, sequence, isHandedOver, fields}, each page of a form for itself; fields is
   * null once the server has them. Handed over are the very words that went to the server as the save of that number.
   */
  keep (entry) {
    this.touched.add(nameOf(entry))
    const isReplaced = (one) => one.key === entry.key && (one.fields === null || nameOf(one) === nameOf(entry))
    this.write([...this.entries.filter((one) => !isReplaced(one)), { ...entry, at: this.now() }])
  }

  forget (key) {
    this.touched.add(key)
    this.write(this.entries.filter((entry) => entry.key !== key))
  }

  /** The server has what an entry holds, unless something else was typed since. */
  arrived (entry) {
    const now = this.entries.find((one) => nameOf(one) === nameOf(entry))
    if (now?.at === entry.at && now.sequence === entry.sequence) this.keep({ ...now, fields: null })
  }

  /** What the server may lack of the answers with this key, a page each. */
  lacking (key) {
    return this.entries.filter((entry) => entry.key === key && entry.fields)
  }

  /** The entry to offer: of these very answers, if the server lacks words; to a form just begun, the latest other. */
  offer (key, isBegun) {
    const own = this.lacking(key).at(-1)
    if (own) return own
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
    this.mirror?.put(this.name, JSON.stringify(this.memory))
  }
}

/** A place for texts by name that is on the disk as soon as it is written. */
export class Mirror {
  /** @param {IDBFactory} factory */
  constructor (factory) {
    this.opened = new Promise((resolve, reject) => {
      const request = factory.open('wardmote', 1)
      request.onupgradeneeded = () => request.result.createObjectStore('drafts')
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    this.opened.catch(() => {}) // said by get
  }

  async get (name) {
    const database = await this.opened
    return new Promise((resolve, reject) => {
      const request = database.transaction('drafts').objectStore('drafts').get(name)
      request.onsuccess = () => resolve(request.result ?? null)
      request.onerror = () => reject(request.error)
    })
  }

  put (name, text) {
    this.opened.then((database) => {
      database.transaction('drafts', 'readwrite', { durability: 'strict' }).objectStore('drafts').put(text, name)
    }).catch(() => {}) // localStorage has it
  }
}
