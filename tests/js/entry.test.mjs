import assert from "node:assert/strict";
import test from "node:test";

import { labelsOf } from "../../consultations/static/consultations/entry.js";

const codes = { a: "Friday", 1: "Friday", b: "Saturday", 2: "Saturday", c: "Sunday", 3: "Sunday" };

for (const [typed, several, labels] of [
  ["b", false, ["Saturday"]],
  [" B. ", false, ["Saturday"]],
  ["4b", false, ["Saturday"]],
  ["2", false, ["Saturday"]],
  ["", false, []],
  ["5b", false, null],
  ["ab", false, null],
  ["d", false, null],
  ["constructor", false, null],
  ["a c", true, ["Friday", "Sunday"]],
  ["ca", true, ["Sunday", "Friday"]],
  ["3, 1", true, ["Sunday", "Friday"]],
  ["4a+4c", true, ["Friday", "Sunday"]],
  ["a a", true, ["Friday"]],
  ["a x", true, null],
]) {
  test(`${JSON.stringify(typed)} typed in question 4${several ? ", several" : ""}`, () => {
    assert.deepEqual(labelsOf(typed, codes, "4", several), labels);
  });
}

test("points of a rating are their own codes", () => {
  const points = Object.fromEntries([...Array(11).keys()].map((point) => [String(point), String(point)]));
  assert.deepEqual(labelsOf("10", points, "9", false), ["10"]);
  assert.equal(labelsOf("11", points, "9", false), null);
});
