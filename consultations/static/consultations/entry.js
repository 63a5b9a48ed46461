/**
 * Typing responses in by codes: says beside each field what its code stands for, and lets Enter go from field to field.
 *
 * Without this script the form works too: Enter then presses its first button, which reads the codes back.
 */

/**
 * What somebody typed, as labels of the options it names; null where a part of it names none.
 * @param {string} typed for example "b", "4b", "2", "a c" or "ac".
 * @param {Record<string, string>} codes labels by every way of writing a code.
 * @param {string} number the question's, which may stand before a letter.
 * @param {boolean} several whether more than one may be named.
 */
export function labelsOf(typed, codes, number, several) {
  const plain = (token) => {
    const low = token.toLowerCase().replace(/[.)]+$/, "");
    const prefixed = low.match(/^(\d+)([a-z]+)$/);
    return prefixed && prefixed[1] === number ? prefixed[2] : low;
  };
  const known = (token) => Object.hasOwn(codes, plain(token));
  let tokens = [typed.trim()].filter(Boolean);
  if (several) {
    tokens = typed.split(/[\s,;+/&]+/).filter(Boolean);
    tokens = tokens.flatMap((token) => (known(token) || !/^([a-z]+|\d+)$/i.test(token) ? [token] : [...token]));
  }
  return tokens.every(known) ? [...new Set(tokens.map((token) => codes[plain(token)]))] : null;
}

class Entry {
  constructor(form) {
    this.form = form;
    this.fields = [...form.querySelectorAll("input:not([type=hidden]), select, textarea")];
    for (const field of this.fields) {
      field.addEventListener("input", () => this.say(field));
      this.say(field);
    }
    form.addEventListener("keydown", (event) => this.onKey(event));
    this.focusFirst();
  }

  /** The first wrong field, else the number of a second entry, else the first question's field. */
  focusFirst() {
    const wrong = this.form.querySelector(".entry-field--error :is(input, select, textarea)");
    const first = this.form.querySelector("[name=number], [data-first] :is(input, select, textarea)");
    (wrong ?? first)?.focus();
  }

  say(field) {
    const said = document.getElementById(`${field.id}_said`);
    if (!said || !field.dataset.codes) return;
    const several = "several" in field.dataset;
    const labels = labelsOf(field.value, JSON.parse(field.dataset.codes), field.dataset.number, several);
    said.textContent = labels ? labels.join("; ") : this.form.dataset.unknown;
  }

  onKey(event) {
    if (event.key !== "Enter" || event.isComposing) return;
    const { target } = event;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      this.form.querySelector("[name=save]").click();
    } else if (target.matches("input, select")) {
      event.preventDefault();
      const next = this.fields[this.fields.indexOf(target) + 1] ?? this.form.querySelector("[name=save]");
      next.focus();
    }
  }
}

if (typeof document !== "undefined") {
  for (const form of document.querySelectorAll("[data-entry]")) new Entry(form);
}
