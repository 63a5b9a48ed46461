import assert from "node:assert/strict";
import { test } from "node:test";

import { apart, shortened, Trend, words } from "../../site/wardmote/static/wardmote/js/charts.js";

test("labels far enough from each other stay where they are", () => {
  assert.deepEqual(apart([10, 40], 6), [10, 40]);
});

test("labels too near move apart by the same way and keep their order", () => {
  assert.deepEqual(apart([40, 42], 6), [38, 44]);
  assert.deepEqual(apart([42, 40], 6), [44, 38]);
  assert.deepEqual(apart([40, 40], 6), [37, 43]);
});

test("one label and none are no trouble", () => {
  assert.deepEqual(apart([5], 6), [5]);
  assert.deepEqual(apart([], 6), []);
});

test("a label is cut at a word, and only when it must be", () => {
  assert.equal(shortened("Norwich Road crossings", 22), "Norwich Road crossings");
  assert.equal(shortened("Norwich Road crossings", 21), "Norwich Road…");
  assert.equal(shortened("Llanfairpwllgwyngyllgogerychwyrndrobwll", 12), "Llanfairpwl…");
});

test("the words of a cell leave out what is for screen readers only", () => {
  const hidden = { classList: { contains: (name) => name === "govuk-visually-hidden" }, textContent: " answers" };
  const link = { childNodes: [{ textContent: "38" }, hidden], textContent: "38 answers" };
  assert.equal(words({ childNodes: [{ textContent: " " }, link] }), "38");
});

test("a trend knows the week from which the tone differs, and the words for it", () => {
  const row = (week, change) => ({ dataset: change ? { week, change } : { week } });
  const trend = (rows) => Object.create(Trend.prototype, { table: { value: { tBodies: [{ rows }] } } });
  assert.deepEqual(trend([row("2026-10-26"), row("2026-11-02", "Tone changed")]).changes, [
    { week: new Date("2026-11-02T00:00:00"), name: "Tone changed" },
  ]);
  assert.deepEqual(trend([row("2026-10-26"), row("2026-11-02")]).changes, []);
});
