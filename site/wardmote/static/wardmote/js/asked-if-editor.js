/**
 * In the page editor: lets an officer choose a rule's question, comparison and answer by name.
 *
 * A rule's form holds three plain fields, in which ids are kept. This puts lists beside them, made from the questions
 * above as they stand in the editor at that moment, saved or not, and says the whole rule in one sentence.
 */

/**
 * The questions of the editor's form in their order, from the names Wagtail gives to its fields.
 * @param {Map<string, string>} fields values by name.
 * @returns {{index: string, id: string, kind: string, wording: string, answers: string[][]}[]}
 */
export function questionsIn(fields, offered) {
  const listed = (prefix) => {
    const found = [];
    for (let number = 0; number < Number(fields.get(`${prefix}-count`) ?? 0); number += 1) {
      const item = `${prefix}-${number}`;
      if (fields.has(`${item}-order`) && !fields.get(`${item}-deleted`)) {
        found.push({ item, index: String(number), order: Number(fields.get(`${item}-order`)), id: fields.get(`${item}-id`) });
      }
    }
    return found.sort((one, other) => one.order - other.order);
  };
  const options = (prefix) => listed(prefix).map(({ item, id }) => [id, fields.get(`${item}-value`) ?? ""]);

  return listed("questions").map(({ item, index, id }) => {
    const kind = fields.get(`${item}-type`);
    const value = (name) => fields.get(`${item}-value-${name}`);
    let answers = offered.answers[kind] ?? [];
    if (kind === "single_choice" || kind === "several_choices") {
      answers = options(`${item}-value-options`);
      if (value("has_other")) answers.push(["other", offered.words.other]);
    } else if (kind === "matrix") {
      const scale = options(`${item}-value-scale`);
      answers = options(`${item}-value-rows`).flatMap(([row, asked]) =>
        scale.map(([point, label]) => [`${row}:${point}`, `${asked}: ${label}`]),
      );
    } else if (kind === "rating") {
      const points = Number(value("points"));
      const first = points === 11 ? 0 : 1;
      answers = Array.from({ length: points || 0 }, (_, place) => [String(first + place), String(first + place)]);
    }
    return { index, id, kind, wording: value("wording") ?? "", answers };
  });
}

/** Values of a form by name; boxes that are not ticked are left out. */
export function fieldsOf(form) {
  const fields = new Map();
  for (const { name, type, value, checked } of form.elements) {
    if (name && (type !== "checkbox" || checked)) fields.set(name, value);
  }
  return fields;
}

/** The questions above the block at `index` that a rule may look at. */
export function earlier(questions, index, offered) {
  const place = questions.findIndex((each) => each.index === index);
  return questions.slice(0, place).filter(({ kind }) => kind in offered.operators);
}

function fill(select, choices, chosen) {
  select.replaceChildren(
    ...choices.map(([value, label]) => {
      const option = document.createElement("option");
      option.value = value;
      option.textContent = label;
      option.selected = value === chosen;
      return option;
    }),
  );
}

function makeController(Controller, offered) {
  return class extends Controller {
    connect() {
      const field = (name) => this.element.querySelector(`[name$="-value-${name}"]`);
      [this.question, this.operator, this.answer] = ["question", "operator", "answer"].map(field);
      this.index = /^questions-(\d+)-/u.exec(this.question.name)[1];
      [this.questions, this.answers] = [this.question, this.answer].map((input) => this.selectBeside(input));
      this.sentence = document.createElement("p");
      this.sentence.className = "wm-asked-if-sentence";
      this.element.append(this.sentence);
      this.questions.addEventListener("change", () => this.choose(this.question, this.questions));
      this.answers.addEventListener("change", () => this.choose(this.answer, this.answers));
      this.operator.addEventListener("change", () => this.offer());
      this.answer.addEventListener("input", () => this.say());
      // Questions above may have been written, moved or taken out since.
      this.element.addEventListener("pointerenter", () => this.offer());
      this.element.addEventListener("focusin", (event) => event.target.contains(event.relatedTarget) || this.offer());
      this.offer();
    }

    selectBeside(input) {
      const select = document.createElement("select");
      // The label names the list now; the field behind it is for the server.
      select.id = `${input.id}-list`;
      this.element.querySelector(`label[for="${input.id}"]`)?.setAttribute("for", select.id);
      input.before(select);
      input.hidden = true;
      return select;
    }

    choose(input, select) {
      input.value = select.value;
      input.dispatchEvent(new Event("change", { bubbles: true }));
      this.offer();
    }

    offer() {
      const { words } = offered;
      const above = earlier(questionsIn(fieldsOf(this.question.form), offered), this.index, offered);
      const target = above.find(({ id }) => id === this.question.value);
      const first = this.question.value && !target ? [[this.question.value, words.gone]] : [["", words.choose]];
      const numbered = above.map(({ id, wording }, place) => [id, `${place + 1}. ${wording}`]);
      fill(this.questions, target ? numbered : [...first, ...numbered], this.question.value);

      const operators = offered.operators[target?.kind] ?? [];
      for (const option of this.operator.options) {
        const known = operators.find(([value]) => value === option.value);
        option.hidden = option.disabled = target ? !known : false;
      }
      if (target && this.operator.selectedOptions[0]?.disabled !== false) this.operator.value = operators[0][0];

      const isCompared = this.operator.value !== "answered";
      const hasList = isCompared && Boolean(target?.answers.length);
      const known = target?.answers.some(([id]) => id === this.answer.value);
      fill(this.answers, [...(known ? [] : [["", words.choose_answer]]), ...(target?.answers ?? [])], this.answer.value);
      this.answers.hidden = !hasList;
      this.answer.hidden = hasList || !isCompared;
      this.answer.closest("[data-contentpath]").hidden = !isCompared;
      this.target = target;
      this.say();
    }

    say() {
      const operator = this.operator.selectedOptions[0]?.textContent ?? "";
      const answer = this.answers.hidden ? this.answer.value : (this.answers.selectedOptions[0]?.textContent ?? "");
      this.sentence.textContent = this.target
        ? [`“${this.target.wording}”`, operator, this.operator.value === "answered" ? "" : answer].join(" ").trim()
        : "";
    }
  };
}

if (typeof document !== "undefined") {
  const offered = document.getElementById("asked-if-offered");
  if (offered) {
    window.wagtail.app.register(
      "wm-asked-if",
      makeController(window.StimulusModule.Controller, JSON.parse(offered.dataset.offered)),
    );
  }
}
