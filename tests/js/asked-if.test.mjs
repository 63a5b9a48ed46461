import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";

import { AskedIf, asked, readNumber, valuesOf, writeNumber } from "../../site/wardmote/static/wardmote/js/asked-if.js";

const table = JSON.parse(readFileSync(new URL("../consultations/conditions.json", import.meta.url), "utf8"));

for (const row of table.surveys) {
  test(`who is asked what: ${row.about}`, () => assert.deepEqual(asked(row.survey, row.said), row.asked));
}

for (const { typed, written } of table.numbers) {
  test(`the number ${JSON.stringify(typed)}`, () => {
    const number = readNumber(typed);
    assert.equal(number === null ? null : writeNumber(number), written);
  });
}

const radio = (name, value, checked) => ({ name, type: "radio", value, checked });
const text = (name, value) => ({ name, type: "text", value });

test("controls say what the server would read from them", () => {
  assert.deepEqual(valuesOf("yes_no", "a", [radio("q-a", "yes", false), radio("q-a", "no", true)]), ["no"]);
  assert.deepEqual(valuesOf("several_choices", "a", [radio("q-a", "x", true), text("q-a-other", "Music")]), ["x", "other"]);
  assert.deepEqual(valuesOf("matrix", "a", [radio("q-a-row", "poor", true)]), ["row:poor"]);
  assert.deepEqual(valuesOf("number", "a", [text("q-a", "1,200")]), ["1200"]);
  assert.deepEqual(valuesOf("number", "a", [text("q-a", "many")]), []);
  assert.deepEqual(valuesOf("free_text", "a", [text("q-a", " \n")]), []);
  assert.deepEqual(valuesOf("free_text", "a", [text("q-a", "Seats")]), ["Seats"]);
  assert.deepEqual(valuesOf("files", "a", [text("file-a", ""), radio("remove-a", "1", true)]), []);
  assert.deepEqual(valuesOf("files", "a", [text("file-a", "C:\\fakepath\\a.pdf")]).length, 1);
});

/** As much of the questions' element as the module uses: a yes-or-no question and one that follows from "yes". */
function page() {
  const yes = radio("q-a", "yes", false);
  const rules = [{ needs: "all", clauses: [{ question: "a", operator: "is", answer: "yes" }] }];
  const question = (id, kind, controls, data = {}) => ({
    dataset: { question: id, kind, ...data },
    hidden: false,
    querySelectorAll: () => controls,
  });
  const often = text("q-b", "Daily");
  const questions = [
    question("a", "yes_no", [yes]),
    question("b", "free_text", [often], { rules: JSON.stringify(rules), wording: "How often?" }),
  ];
  const shown = { value: "" };
  const root = Object.assign(new EventTarget(), {
    closest: () => root,
    dataset: { added: "We also ask now:", removed: "We no longer ask:" },
    querySelector: () => shown,
    querySelectorAll: () => questions,
  });
  const announcer = { textContent: "" };
  new AskedIf(root, announcer);
  const choose = (checked) => {
    yes.checked = checked;
    root.dispatchEvent(new Event("input"));
    root.dispatchEvent(new Event("change"));
  };
  return { choose, often, questions, shown, announcer };
}

test("a question is shown when its rule is met, hidden when it is not, told once, and keeps its text", () => {
  const { choose, often, questions, shown, announcer } = page();
  assert.deepEqual([questions[0].hidden, questions[1].hidden, shown.value, announcer.textContent], [false, true, "", ""]);
  choose(true);
  assert.deepEqual([questions[1].hidden, shown.value, announcer.textContent], [false, "b", "We also ask now: How often?"]);
  announcer.textContent = "";
  choose(true);
  assert.equal(announcer.textContent, "");
  choose(false);
  assert.deepEqual([questions[1].hidden, shown.value, announcer.textContent], [true, "", "We no longer ask: How often?"]);
  assert.equal(often.value, "Daily");
});
