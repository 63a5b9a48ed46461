import assert from "node:assert/strict";
import test from "node:test";

import { WardMap } from "../../site/wardmote/static/wardmote/js/ward-map.js";

/** As much of an element as the map uses. */
class Element extends EventTarget {
  constructor(ward) {
    super();
    this.dataset = { ward };
    this.classes = new Set();
    this.classList = { toggle: (name, on) => (on ? this.classes.add(name) : this.classes.delete(name)) };
  }
}

function page() {
  const drawn = [new Element("northgate"), new Element("eastgate")];
  const names = [new Element("northgate"), new Element("elsewhere")];
  new WardMap({ querySelectorAll: () => drawn }, { querySelectorAll: () => [...drawn, ...names] });
  return { drawn, names };
}

for (const [begins, ends] of [["pointerenter", "pointerleave"], ["focusin", "focusout"]]) {
  test(`a ward is lit between ${begins} and ${ends} on its name`, () => {
    const { drawn, names } = page();
    names[0].dispatchEvent(new Event(begins));
    assert.deepEqual(drawn.map((ward) => ward.classes.size), [1, 0]);
    names[0].dispatchEvent(new Event(ends));
    assert.deepEqual(drawn.map((ward) => ward.classes.size), [0, 0]);
  });
}

test("a name of no ward on the map is left alone", () => {
  const { drawn, names } = page();
  names[1].dispatchEvent(new Event("pointerenter"));
  assert.deepEqual(drawn.map((ward) => ward.classes.size), [0, 0]);
});
