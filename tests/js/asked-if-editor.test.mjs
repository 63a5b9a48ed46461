import assert from "node:assert/strict";
import test from "node:test";

import { earlier, fieldsOf, questionsIn } from "../../site/wardmote/static/wardmote/js/asked-if-editor.js";

const offered = {
  operators: { yes_no: [["is", "is"]], single_choice: [["is", "is"]], matrix: [["includes", "includes"]], rating: [["is", "is"]] },
  answers: { yes_no: [["yes", "Yes"], ["no", "No"]] },
  words: { other: "Other" },
};

/** Fields as Wagtail names them: blocks keep their number when they are moved or taken out. */
function editor(blocks) {
  const fields = new Map([["questions-count", String(blocks.length)]]);
  blocks.forEach(({ type, order, deleted = "", value = {} }, number) => {
    const item = `questions-${number}`;
    for (const [name, said] of Object.entries({ type, order: String(order), deleted, id: `id-${number}` })) fields.set(`${item}-${name}`, said);
    for (const [name, said] of Object.entries(value)) fields.set(`${item}-value-${name}`, said);
  });
  return fields;
}

const list = (name, labels) => ({
  [`${name}-count`]: String(labels.length),
  ...Object.fromEntries(
    labels.flatMap((label, n) => [
      [`${name}-${n}-order`, String(n)],
      [`${name}-${n}-deleted`, label === "gone" ? "1" : ""],
      [`${name}-${n}-id`, `${name}-${n}`],
      [`${name}-${n}-value`, label],
    ]),
  ),
});

test("questions stand in the order of the editor, without those taken out", () => {
  const fields = editor([
    { type: "yes_no", order: 1, value: { wording: "Second" } },
    { type: "yes_no", order: 0, value: { wording: "First" } },
    { type: "yes_no", order: 2, deleted: "1", value: { wording: "Taken out" } },
  ]);
  assert.deepEqual(
    questionsIn(fields, offered).map(({ id, wording, answers }) => [id, wording, answers]),
    [["id-1", "First", [["yes", "Yes"], ["no", "No"]]], ["id-0", "Second", [["yes", "Yes"], ["no", "No"]]]],
  );
});

test("each kind offers the answers it takes", () => {
  const fields = editor([
    { type: "single_choice", order: 0, value: { wording: "A", has_other: "on", ...list("options", ["Food", "gone", "Books"]) } },
    { type: "matrix", order: 1, value: { wording: "B", ...list("rows", ["Seats"]), ...list("scale", ["Poor", "Good"]) } },
    { type: "rating", order: 2, value: { wording: "C", points: "3" } },
    { type: "rating", order: 3, value: { wording: "D", points: "11" } },
  ]);
  const [choice, matrix, three, eleven] = questionsIn(fields, offered).map(({ answers }) => answers);
  assert.deepEqual(choice, [["options-0", "Food"], ["options-2", "Books"], ["other", "Other"]]);
  assert.deepEqual(matrix, [["rows-0:scale-0", "Seats: Poor"], ["rows-0:scale-1", "Seats: Good"]]);
  assert.deepEqual(three.map(([id]) => id), ["1", "2", "3"]);
  assert.deepEqual([eleven.length, eleven[0][0]], [11, "0"]);
});

test("a rule may look at the questions above it, and not at text", () => {
  const questions = questionsIn(
    editor([
      { type: "yes_no", order: 0, value: { wording: "A" } },
      { type: "section_text", order: 1, value: {} },
      { type: "yes_no", order: 2, value: { wording: "C" } },
      { type: "yes_no", order: 3, value: { wording: "D" } },
    ]),
    offered,
  );
  assert.deepEqual(earlier(questions, "2", offered).map(({ wording }) => wording), ["A"]);
  assert.deepEqual(earlier(questions, "0", offered), []);
});

test("a box that is not ticked says nothing", () => {
  const elements = [
    { name: "a", type: "text", value: "1" },
    { name: "b", type: "checkbox", value: "on", checked: false },
    { name: "c", type: "checkbox", value: "on", checked: true },
    { name: "", type: "text", value: "2" },
  ];
  assert.deepEqual([...fieldsOf({ elements })], [["a", "1"], ["c", "on"]]);
});
