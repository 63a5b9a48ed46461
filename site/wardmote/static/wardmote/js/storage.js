/** What this browser keeps for the site, or null where its settings refuse that: then reading the property throws. */
export function localStorageOrNull () {
  try {
    return window.localStorage
  } catch {
    return null
  }
}
