/** A browser that refuses to keep anything costs a page its memory, and nothing else. */
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'

const js = '../../site/wardmote/static/wardmote/js/'
const { localStorageOrNull } = await import(`${js}storage.js`)
const { Keys, STORED } = await import(`${js}desk-keys.js`)

afterEach(() => { delete globalThis.window })

function desk () {
  const parts = { keys: { hidden: true }, 'keys-on': { addEventListener () {} } }
  const ownerDocument = { addEventListener () {} }
  return { ownerDocument, querySelector: (selector) => parts[selector.match(/data-part="([\w-]+)"/)[1]] }
}

test('a browser that refuses its store has none, and another has its own', () => {
  globalThis.window = { get localStorage () { throw new DOMException('refused', 'SecurityError') } }
  assert.equal(localStorageOrNull(), null)
  const localStorage = {}
  globalThis.window = { localStorage }
  assert.equal(localStorageOrNull(), localStorage)
})

test('without a store the desk has its keys, and what is chosen holds for the page', () => {
  const keys = new Keys(desk(), { storage: null, goTo () {} })
  assert.equal(keys.switch.checked, true)
  keys.remember('off')
  const kept = new Map([[STORED, 'off']])
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) }
  const recalling = new Keys(desk(), { storage, goTo () {} })
  assert.equal(recalling.switch.checked, false)
  recalling.remember('on')
  assert.deepEqual([...kept], [[STORED, 'on']])
})
