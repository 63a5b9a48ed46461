/**
 * Shows and hides questions while somebody answers, by the rules that the server prints beside them.
 *
 * The server judges the same rules when the form is sent (consultations/conditions.py); both are held to
 * tests/consultations/conditions.json. A hidden question keeps what was typed into it. Without this module a question
 * whose rule becomes met is asked at the next step.
 *
 * A survey is a list of {id, rules} in its order; what was said is an object of lists of values by question id.
 */

/** Numbers as people write them, as in consultations/kinds/numbers.py: "1,200", "£40", "−3". Null for others. */
export function readNumber(typed) {
  const plain = typed.replace(/[\s,£]/gu, "").replace("\u2212", "-");
  return /^[+-]?[0-9]{1,30}(\.[0-9]{1,10})?$/u.test(plain) ? plain : null;
}

/** The shortest writing, the same for equal numbers: "12.50" is "12.5", "-0" is "0". */
export function writeNumber(plain) {
  const sign = plain.startsWith("-") ? "-" : "";
  const [whole, decimals = ""] = plain.replace(/^[+-]/u, "").split(".");
  const short = whole.replace(/^0+(?=[0-9])/u, "");
  const rest = decimals.replace(/0+$/u, "");
  const written = rest ? `${short}.${rest}` : short;
  return written === "0" ? "0" : sign + written;
}

function isClauseMet({ question, operator, answer }, said) {
  const values = said[question] ?? [];
  if (values.length === 0) return false;
  switch (operator) {
    case "is":
    case "includes":
      return values.includes(answer);
    case "is_not":
    case "excludes":
      return !values.includes(answer);
    case "at_least":
      return Number(values[0]) >= Number(answer);
    case "at_most":
      return Number(values[0]) <= Number(answer);
    case "answered":
      return true;
    default:
      return false;
  }
}

export function isMet(rule, said) {
  const met = (clause) => isClauseMet(clause, said);
  return rule.needs === "any" ? rule.clauses.some(met) : rule.clauses.every(met);
}

/** The ids of what is asked of somebody who said this, in order. Answers to what is not asked count for nothing. */
export function asked(survey, said) {
  const found = [];
  const counted = {};
  for (const { id, rules } of survey) {
    if (!rules.every((rule) => isMet(rule, counted))) continue;
    found.push(id);
    counted[id] = said[id] ?? [];
  }
  return found;
}

/** What the controls of one question say: {name, type, value, checked} each, named "q-<id>" or "q-<id>-<part>". */
export function valuesOf(kind, id, controls) {
  const main = `q-${id}`;
  const chosen = [];
  const written = [];
  for (const { name, type, value, checked } of controls) {
    if (name !== main && name !== `file-${id}` && !name.startsWith(`${main}-`)) continue;
    const part = name === main ? "" : name.slice(main.length + 1);
    if (type === "radio" || type === "checkbox") {
      if (checked) chosen.push(part ? `${part}:${value}` : value);
    } else if (value.trim()) {
      if (part === "other") {
        if (!chosen.includes("other")) chosen.push("other");
      } else written.push(value);
    }
  }
  if (kind === "number") {
    const number = written.length ? readNumber(written[0]) : null;
    return number === null ? [] : [writeNumber(number)];
  }
  return chosen.length ? chosen : written;
}

export class AskedIf {
  /**
   * @param {HTMLElement} root the questions.
   * @param {{textContent: string}} announcer a polite live region.
   */
  constructor(root, announcer) {
    this.announcer = announcer;
    this.words = root.dataset;
    this.shown = root.querySelector("input[name=shown]");
    this.questions = Array.from(root.querySelectorAll("[data-question]"), (element) => ({
      element,
      id: element.dataset.question,
      rules: JSON.parse(element.dataset.rules ?? "[]"),
    }));
    this.before = JSON.parse(root.dataset.said ?? "{}"); // on other pages, by question id
    this.elsewhere = Object.keys(this.before).map((id) => ({ id, rules: [] }));
    this.told = this.show();
    const form = root.closest("form");
    form.addEventListener("input", () => this.show());
    // Told when a choice is made or a box is left, and not at each key.
    form.addEventListener("change", () => this.tell());
  }

  /** Show what is asked now and hide the rest; the ids of what is asked because of a rule. */
  show() {
    const said = { ...this.before };
    for (const { element, id } of this.questions) {
      said[id] = valuesOf(element.dataset.kind, id, element.querySelectorAll("input, select, textarea"));
    }
    const now = new Set(asked([...this.elsewhere, ...this.questions], said));
    const ruled = this.questions.filter(({ rules }) => rules.length);
    for (const { element, id } of ruled) element.hidden = !now.has(id);
    const ids = ruled.map(({ id }) => id).filter((id) => now.has(id));
    this.shown.value = ids.join(",");
    return ids;
  }

  tell() {
    const ids = this.show();
    const said = [
      [this.words.added, ids.filter((id) => !this.told.includes(id))],
      [this.words.removed, this.told.filter((id) => !ids.includes(id))],
    ].filter(([, changed]) => changed.length);
    this.told = ids;
    if (said.length) this.announcer.textContent = said.map(([word, changed]) => `${word} ${this.wordings(changed)}`).join(" ");
  }

  wordings(ids) {
    return this.questions.filter(({ id }) => ids.includes(id)).map(({ element }) => element.dataset.wording).join(" ");
  }
}

if (typeof document !== "undefined") {
  for (const root of document.querySelectorAll('[data-module="asked-if"]')) {
    const watched = new AskedIf(root, document.getElementById("announcements"));
    // A browser that goes back fills the form in after this has run.
    window.addEventListener("pageshow", () => watched.show());
  }
}
