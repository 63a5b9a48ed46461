import assert from "node:assert/strict";
import test from "node:test";

import { PlaceMap, readPoint, toDegrees, toUnits, viewAround, writePoint } from "../../site/wardmote/static/wardmote/js/place-map.js";

const ground = { west: 1.0, north: 52.1, perLongitude: 10_000, perLatitude: 16_000 };

test("degrees and units are each other's way back", () => {
  const units = toUnits(ground, { latitude: 52.05, longitude: 1.05 });
  assert.deepEqual([Math.round(units.x), Math.round(units.y)], [500, 800]);
  assert.equal(writePoint(toDegrees(ground, units), 4), "52.0500, 1.0500");
});

test("coordinates are read as the server reads them", () => {
  assert.deepEqual(readPoint("52.0567N, 1.1482W"), { latitude: 52.0567, longitude: -1.1482 });
  assert.deepEqual(readPoint("-52, \u22121"), { latitude: -52, longitude: -1 });
  for (const typed of ["", "52", "IP1 1AA", "90.1,0", "0,180.1", "1e2,3", "52,0567 1,1482"]) assert.equal(readPoint(typed), null);
  assert.equal(writePoint({ latitude: -0.00001, longitude: 1 }, 4), "0.0000, 1.0000");
});

test("what is shown stays within the drawing", () => {
  assert.deepEqual(viewAround({ width: 1000, height: 1600 }, { x: 10, y: 1590 }, 2), { x: 0, y: 800, width: 500, height: 800 });
});

class Mark {
  constructor() {
    this.attributes = {};
  }
  setAttribute(name, value) {
    this.attributes[name] = value;
  }
  toggleAttribute(name, on) {
    this.attributes[name] = on;
  }
}

/** As much of the page as the map uses. */
function page(value = "") {
  const part = () => Object.assign(new EventTarget(), { textContent: "" });
  const parts = Object.fromEntries(["map", "where", "place", "nearer", "further", "take"].map((name) => [name, part()]));
  Object.assign(parts, { cross: new Mark(), pin: new Mark(), labels: { style: {} } });
  const svg = Object.assign(new EventTarget(), {
    viewBox: "0 0 1000 1600",
    getAttribute() { return this.viewBox; },
    setAttribute(_name, box) { this.viewBox = box; },
    getBoundingClientRect: () => ({ left: 0, top: 0, width: 500, height: 800 }),
  });
  const root = {
    hidden: true,
    dataset: {
      ...Object.fromEntries(Object.entries(ground).map(([name, number]) => [name, String(number)])),
      decimals: "4", inWard: "{point}, in {ward}", outside: "{point}, outside", placed: "Placed at {where}.", taken: "Taken away.", step: "About {metres} metres.",
    },
    querySelector: (selector) => (selector === "svg" ? svg : parts[/"(.+)"/.exec(selector)[1]]),
  };
  const told = [];
  const field = Object.assign(new EventTarget(), { value });
  for (const name of ["input", "change"]) field.addEventListener(name, () => told.push(name));
  new PlaceMap(root, field, ({ x }) => (x < 600 ? "Bridge" : null));
  const press = (key, more = {}) => {
    const event = Object.assign(new Event("keydown", { cancelable: true }), { key, ...more });
    parts.map.dispatchEvent(event);
    return event.defaultPrevented;
  };
  return { root, field, parts, svg, told, press };
}

test("keys move the cross, say where it is, and place it", () => {
  const { root, field, parts, told, press } = page();
  assert.equal(root.hidden, false);
  assert.equal(parts.pin.attributes.hidden, true);
  assert.equal(press("ArrowLeft"), true);
  assert.equal(parts.where.textContent, "52.0500, 1.0450, in Bridge");
  assert.equal(field.value, "");
  press("Enter");
  assert.equal(field.value, "52.0500, 1.0450");
  assert.deepEqual(told, ["input", "change"]);
  assert.equal(parts.where.textContent, "Placed at 52.0500, 1.0450, in Bridge.");
  assert.equal(parts.pin.attributes.hidden, false);
  for (let times = 0; times < 40; times += 1) press("ArrowRight");
  assert.equal(parts.where.textContent, "52.0500, 1.1000, outside");
  press("Delete");
  assert.deepEqual([field.value, parts.where.textContent, parts.pin.attributes.hidden], ["", "Taken away.", true]);
});

test("nearer makes the steps smaller, and other keys are the browser's", () => {
  const { parts, svg, press } = page();
  press("+");
  assert.equal(parts.where.textContent, "About 200 metres.");
  assert.equal(svg.viewBox, "250 400 500 800");
  press("-");
  press("-");
  assert.equal(svg.viewBox, "0 0 1000 1600");
  assert.deepEqual([press("Tab"), press("a"), press("ArrowLeft", { altKey: true })], [false, false, false]);
});

test("a click places the point where it falls, and what is typed moves the pin", () => {
  const { field, parts, svg } = page();
  svg.dispatchEvent(Object.assign(new Event("click"), { clientX: 250, clientY: 80 }));
  assert.equal(field.value, "52.0900, 1.0500");
  field.value = "52.05, 1.02";
  field.dispatchEvent(new Event("input"));
  assert.match(parts.pin.attributes.transform, /^translate\(200\.?\d* 800/);
  field.value = "somewhere";
  field.dispatchEvent(new Event("input"));
  assert.equal(parts.pin.attributes.hidden, true);
});

test("a point of an earlier visit stands on the map", () => {
  assert.equal(page("52.05, 1.02").parts.pin.attributes.hidden, false);
});
