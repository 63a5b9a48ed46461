/** Sentences that the page brought along in its language. */
export class Words {
  /** @param {object} words sentence, or counted sentence by plural category; @param {string} language */
  constructor (words, language) {
    this.words = words
    this.plurals = new Intl.PluralRules(language)
  }

  say (name, values = {}) {
    return fill(this.words[name] ?? '', values)
  }

  count (name, n) {
    const forms = this.words[name] ?? {}
    return fill(forms[this.plurals.select(n)] ?? forms.other ?? '', { n })
  }
}

function fill (sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole))
}

/** What a page wrote into a script element of JSON. */
export function readJson (document, id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? '{}')
}

/** Whether a question was asked on notice, and of whom. */
export function sayNotice (words, { on_notice: isOnNotice, councillor, supplementary_to: main }) {
  if (!isOnNotice) return main ? words.say('supplementary') : ''
  return councillor ? words.say('onNoticeTo', { name: councillor }) : words.say('onNotice')
}
