/**
 * Sets a point on the drawing of the wards, by pointer or by keys, and writes it into the field for coordinates. Whatever
 * is typed there moves the pin. The words and the coordinates are enough without this.
 *
 * The drawing is flat: its units follow from degrees by the four numbers the server prints (wards/maps.py).
 */
const STEPS_ACROSS = 20; // steps of an arrow key across what is shown
const NEAREST = 32; // times nearer than the whole drawing
const LABEL_UNITS = 24; // as in the style sheet of the maps
const METRES_PER_DEGREE = 111_200; // of latitude

/** Degrees of a point in the drawing's units. */
export function toDegrees({ west, north, perLongitude, perLatitude }, { x, y }) {
  return { latitude: north - y / perLatitude, longitude: west + x / perLongitude };
}

export function toUnits({ west, north, perLongitude, perLatitude }, { latitude, longitude }) {
  return { x: (longitude - west) * perLongitude, y: (north - latitude) * perLatitude };
}

/** Coordinates as typed, latitude first, as in consultations/kinds/places.py; null for others. */
export function readPoint(typed) {
  const degrees = "([+-]?\\d{1,3}(?:\\.\\d{1,15})?)\\s*°?\\s*";
  const found = new RegExp(`^${degrees}([NS]?)[\\s,;]+${degrees}([EW]?)$`, "iu").exec(typed.trim().replaceAll("\u2212", "-"));
  if (!found) return null;
  const latitude = Number(found[1]) * (found[2].toUpperCase() === "S" ? -1 : 1);
  const longitude = Number(found[3]) * (found[4].toUpperCase() === "W" ? -1 : 1);
  return Math.abs(latitude) > 90 || Math.abs(longitude) > 180 ? null : { latitude, longitude };
}

export function writePoint({ latitude, longitude }, decimals) {
  return [latitude, longitude].map((value) => (Number(value.toFixed(decimals)) + 0).toFixed(decimals)).join(", ");
}

/** What is shown of a drawing `times` nearer around a point, kept within it. */
export function viewAround({ width, height }, { x, y }, times) {
  const shown = { width: width / times, height: height / times };
  const within = (middle, length, whole) => Math.min(Math.max(middle - length / 2, 0), whole - length);
  return { x: within(x, shown.width, width), y: within(y, shown.height, height), ...shown };
}

export class PlaceMap {
  /**
   * @param {HTMLElement} root
   * @param {HTMLInputElement} field for the coordinates
   * @param {(point: {x: number, y: number}) => string | null} wardAt the name of the ward at a point of the drawing
   */
  constructor(root, field, wardAt) {
    const { dataset } = root;
    Object.assign(this, { field, wardAt, words: dataset, decimals: Number(dataset.decimals) });
    this.ground = {
      west: Number(dataset.west),
      north: Number(dataset.north),
      perLongitude: Number(dataset.perLongitude),
      perLatitude: Number(dataset.perLatitude),
    };
    const part = (name) => root.querySelector(`[data-part="${name}"]`);
    [this.map, this.cross, this.pin, this.labels, this.where] = ["map", "cross", "pin", "labels", "where"].map(part);
    this.svg = root.querySelector("svg");
    const [, , width, height] = this.svg.getAttribute("viewBox").split(" ").map(Number);
    this.whole = { width, height };
    this.times = 1;
    this.at = { x: width / 2, y: height / 2 };
    this.map.addEventListener("keydown", (event) => this.key(event));
    this.svg.addEventListener("click", (event) => this.clicked(event));
    part("place").addEventListener("click", () => this.place());
    part("nearer").addEventListener("click", () => this.zoom(2));
    part("further").addEventListener("click", () => this.zoom(0.5));
    part("take").addEventListener("click", () => this.take());
    field.addEventListener("input", () => this.typed());
    root.hidden = false;
    this.typed();
  }

  key(event) {
    const step = this.step();
    const moves = { ArrowUp: [0, -step], ArrowDown: [0, step], ArrowLeft: [-step, 0], ArrowRight: [step, 0] };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) this.move(...moves[event.key]);
    else if (event.key === "Enter" || event.key === " ") this.place();
    else if (event.key === "+" || event.key === "=") this.zoom(2);
    else if (event.key === "-") this.zoom(0.5);
    else if (event.key === "Delete" || event.key === "Backspace") this.take();
    else return;
    event.preventDefault();
  }

  step() {
    return this.whole.width / this.times / STEPS_ACROSS;
  }

  move(right, down) {
    const within = (value, whole) => Math.min(Math.max(value, 0), whole);
    this.at = { x: within(this.at.x + right, this.whole.width), y: within(this.at.y + down, this.whole.height) };
    this.draw();
    this.say(this.spoken(this.at));
  }

  zoom(by) {
    this.times = Math.min(Math.max(this.times * by, 1), NEAREST);
    this.draw();
    const metres = (this.step() / this.ground.perLatitude) * METRES_PER_DEGREE;
    this.say(this.words.step.replace("{metres}", String(Number(metres.toPrecision(1)))));
  }

  clicked(event) {
    const frame = this.svg.getBoundingClientRect();
    const view = viewAround(this.whole, this.at, this.times);
    this.at = {
      x: view.x + ((event.clientX - frame.left) / frame.width) * view.width,
      y: view.y + ((event.clientY - frame.top) / frame.height) * view.height,
    };
    this.place();
  }

  /** Write the cross's point into the field. */
  place() {
    this.field.value = writePoint(toDegrees(this.ground, this.at), this.decimals);
    this.tell();
    this.say(this.words.placed.replace("{where}", this.spoken(this.at)));
  }

  take() {
    this.field.value = "";
    this.tell();
    this.say(this.words.taken);
  }

  /** The rest of the page hears of it as if it had been typed. */
  tell() {
    for (const name of ["input", "change"]) this.field.dispatchEvent(new Event(name, { bubbles: true }));
  }

  /** Something stands in the field, typed or placed: the pin follows. */
  typed() {
    const point = readPoint(this.field.value);
    this.placed = point && toUnits(this.ground, point);
    if (this.placed) this.at = { ...this.placed };
    this.draw();
  }

  spoken(at) {
    const ward = this.wardAt(at);
    const words = ward === null ? this.words.outside : this.words.inWard.replace("{ward}", ward);
    return words.replace("{point}", writePoint(toDegrees(this.ground, at), this.decimals));
  }

  draw() {
    const view = viewAround(this.whole, this.at, this.times);
    this.svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
    // Marks and names keep their size on the screen, however near the map is.
    const frame = this.svg.getBoundingClientRect();
    const unitsPerPixel = frame.width ? view.width / frame.width : 1;
    this.labels.style.fontSize = `${LABEL_UNITS / this.times}px`;
    const stand = (mark, at) => {
      mark.toggleAttribute("hidden", !at);
      if (at) mark.setAttribute("transform", `translate(${at.x} ${at.y}) scale(${unitsPerPixel})`);
    };
    stand(this.cross, this.at);
    stand(this.pin, this.placed);
  }

  say(sentence) {
    this.where.textContent = sentence;
  }
}

if (typeof document !== "undefined") {
  for (const root of document.querySelectorAll('[data-module="place-map"]')) {
    const svg = root.querySelector("svg");
    const wards = Array.from(svg.querySelectorAll("[data-name]"));
    new PlaceMap(root, document.getElementById(root.dataset.field), ({ x, y }) => {
      const point = new DOMPoint(x, y);
      return wards.find((ward) => ward.isPointInFill(point))?.dataset.name ?? null;
    });
  }
}
