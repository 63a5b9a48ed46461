/**
 * Lights up a ward on the map while its name elsewhere on the page is pointed at or has the focus.
 * The map and its links work without this; it only shows where a name is.
 */
const POINTED = "wm-map__ward--pointed";

export class WardMap {
  /** @param {ParentNode} figure the map. @param {ParentNode} page where the names stand. */
  constructor(figure, page) {
    this.wards = new Map(Array.from(figure.querySelectorAll("a[data-ward]"), (ward) => [ward.dataset.ward, ward]));
    this.figure = figure;
    for (const name of page.querySelectorAll("[data-ward]")) {
      if (!this.wards.has(name.dataset.ward) || this.wards.get(name.dataset.ward) === name) continue;
      for (const begins of ["pointerenter", "focusin"]) name.addEventListener(begins, () => this.point(name.dataset.ward, true));
      for (const ends of ["pointerleave", "focusout"]) name.addEventListener(ends, () => this.point(name.dataset.ward, false));
    }
  }

  /** Light a ward up, or let it go. */
  point(slug, isPointed) {
    this.wards.get(slug).classList.toggle(POINTED, isPointed);
  }
}

if (typeof document !== "undefined") {
  for (const figure of document.querySelectorAll('[data-module="ward-map"]')) new WardMap(figure, document);
}
