import assert from "node:assert/strict";
import test from "node:test";

import { Budget, readAmount, sayAmount } from "../../site/wardmote/static/wardmote/js/budget.js";

/** As much of an element as the budget uses. */
class Box extends EventTarget {
  constructor(values, dataset) {
    super();
    this.inputs = values.map((value) => ({ value }));
    this.line = { textContent: "" };
    this.dataset = { left: "Left to share out:", over: "Too much by", done: "Everything is shared out.", ...dataset };
  }

  querySelectorAll() {
    return this.inputs;
  }

  querySelector() {
    return this.line;
  }

  type(place, value) {
    this.inputs[place].value = value;
    this.dispatchEvent(new Event("input"));
  }
}

test("what is typed is read as the server reads it", () => {
  const typed = ["", " ", "0", "40", "1,200", "£40", " 1 000 ", "4.5", "-3", "x"];
  assert.deepEqual(typed.map(readAmount), [0, 0, 0, 40, 1200, 40, 1000, NaN, NaN, NaN]);
});

test("an amount is said with its unit where people put it", () => {
  const said = [sayAmount(1200, "£"), sayAmount(15, "%"), sayAmount(40, "points"), sayAmount(7, "")];
  assert.deepEqual(said, ["£1,200", "15%", "40 points", "7"]);
});

test("the line says what is left, what is too much, and when it adds up", () => {
  const box = new Box(["", ""], { total: "100", unit: "points" });
  new Budget(box);
  const said = [box.line.textContent];
  for (const [place, value] of [[0, "60"], [1, "50"], [1, "40"], [1, "4x"], [1, ""], [0, ""]]) {
    box.type(place, value);
    said.push(box.line.textContent);
  }
  assert.deepEqual(said, [
    "",
    "Left to share out: 40 points",
    "Too much by 10 points",
    "Everything is shared out.",
    "",
    "Left to share out: 40 points",
    "",
  ]);
});
