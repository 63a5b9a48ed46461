// Charts drawn from the tables beside them, which stay: without JavaScript nothing is missing but the picture.
// Observable Plot and d3 come as plain scripts before this module and are passed in.

const INK = "currentColor";
const FONT_PIXELS = 14;
const HALF_A_WEEK = 3.5 * 24 * 3600 * 1000; // milliseconds
const FEWEST_WEEKS = 6; // shown in a trend, however young the first mark is

/** Marks of the two tones that a trend shows: told apart by colour, by shape and by the kind of line. */
const TONES = {
  negative: { colour: "var(--wm-chart-negative)", symbol: "square", dash: "2,4", shift: 3 },
  positive: { colour: "var(--wm-chart-positive)", symbol: "circle", dash: null, shift: -3 },
};

/** The words of a cell, without what is only there for screen readers. */
export function words(cell) {
  const seen = [...cell.childNodes].filter((node) => !node.classList?.contains("govuk-visually-hidden"));
  return seen.map((node) => (node.childNodes?.length ? words(node) : node.textContent)).join("").trim();
}

/** Moves positions apart until neighbours are `gap` away from each other; their order stays. */
export function apart(positions, gap) {
  const order = positions.map((_, index) => index).sort((one, other) => positions[one] - positions[other]);
  const moved = [...positions];
  order.slice(1).forEach((index, place) => {
    const before = moved[order[place]];
    if (moved[index] - before < gap) {
      const missing = (gap - (moved[index] - before)) / 2;
      moved[index] += missing;
      moved[order[place]] -= missing;
    }
  });
  return moved;
}

/** Cuts a label at a word, for a width in characters. */
export function shortened(label, characters) {
  if (label.length <= characters) return label;
  const cut = label.slice(0, characters - 1);
  const end = label[characters - 1] === " " ? cut.length : cut.lastIndexOf(" ");
  return `${end > characters / 2 ? cut.slice(0, end) : cut}…`;
}

/** A table's picture, drawn again whenever its room changes. Subclasses say what to draw at a width in pixels. */
class Chart {
  constructor(root, Plot) {
    this.root = root;
    this.Plot = Plot;
    this.table = root.querySelector("table");
    this.figure = document.createElement("div");
    this.figure.className = "wm-chart__picture";
    root.prepend(this.figure);
    this.width = 0;
    if (this.hasMarks) root.querySelector("details")?.removeAttribute("open");
    new ResizeObserver(() => this.draw()).observe(this.figure);
  }

  get title() {
    return this.root.dataset.title ?? words(this.table.caption);
  }

  /** Whether there is anything to draw; without, the table says so alone. */
  get hasMarks() {
    return true;
  }

  draw() {
    const width = Math.floor(this.figure.clientWidth);
    if (!width || width === this.width || !this.hasMarks) return;
    this.width = width;
    const svg = this.Plot.plot({ width, ...this.options(width) });
    // Plot brings a <style> of its own, which the page's policy refuses; _dashboards.scss has those rules.
    svg.querySelectorAll("style").forEach((style) => style.remove());
    // One picture with one name: what Plot calls its parts inside would be read out without sense.
    svg.querySelectorAll("[aria-label], [aria-description]").forEach((part) => {
      part.removeAttribute("aria-label");
      part.removeAttribute("aria-description");
    });
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", this.title);
    svg.classList.add("wm-chart__svg");
    this.figure.replaceChildren(svg);
  }
}

/** Texts by kind and tone: one small row of bars for each kind, the number at the end of each bar. */
export class Tones extends Chart {
  get rows() {
    const tones = [...this.table.querySelectorAll("th[data-tone]")].map(words);
    return [...this.table.tBodies[0].rows].flatMap((row) =>
      [...row.querySelectorAll("td[data-value]")].map((cell, place) => ({
        kind: words(row.cells[0]),
        tone: tones[place],
        n: Number(cell.dataset.value),
      })),
    );
  }

  options(width) {
    const { Plot, rows } = this;
    const isNarrow = width < 560;
    const shared = isNarrow ? { fy: "kind" } : { fx: "kind" };
    const kinds = [...new Set(rows.map((row) => row.kind))];
    return {
      height: isNarrow ? 60 + kinds.length * 190 : 220,
      marginLeft: 74,
      marginRight: isNarrow ? 44 : 30,
      marginTop: isNarrow ? 8 : 40,
      marginBottom: 12,
      style: { fontSize: `${FONT_PIXELS}px` },
      x: { axis: null, domain: [0, Math.max(1, ...rows.map((row) => row.n)) * 1.12] },
      y: { label: null, domain: [...new Set(rows.map((row) => row.tone))], tickSize: 0, padding: 0.28 },
      fx: { label: null, domain: kinds, padding: 0.16, axis: null },
      fy: { label: null, domain: kinds, padding: 0.24, axis: null },
      marks: [
        Plot.barX(rows, { x: "n", y: "tone", fill: "var(--wm-chart-positive)", ...shared }),
        Plot.ruleX([0], { stroke: INK }),
        Plot.text(rows, { x: "n", y: "tone", text: (row) => String(row.n), textAnchor: "start", dx: 5, fill: INK, ...shared }),
        Plot.text(kinds.map((kind) => ({ kind })), {
          text: "kind",
          frameAnchor: "top-left",
          dx: -70,
          dy: isNarrow ? -16 : -28,
          textAnchor: "start",
          fontWeight: 700,
          fontSize: FONT_PIXELS + 1,
          fill: INK,
          ...shared,
        }),
      ],
    };
  }
}

/** What was spoken about: a bar for each matter, its name above and its number at the end. */
export class Bars extends Chart {
  get rows() {
    return [...this.table.tBodies[0].rows].map((row, place) => ({
      place,
      about: words(row.cells[0]),
      kind: words(row.cells[1]),
      n: Number(row.cells[2].dataset.value),
    }));
  }

  options(width) {
    const { Plot, rows } = this;
    const characters = Math.floor(width / (FONT_PIXELS * 0.52));
    const name = (row) => shortened(`${row.about} · ${row.kind}`, characters);
    return {
      height: rows.length * 52 + 10,
      marginLeft: 1,
      marginRight: 44,
      marginTop: 14,
      marginBottom: 0,
      style: { fontSize: `${FONT_PIXELS}px` },
      x: { axis: null, domain: [0, Math.max(...rows.map((row) => row.n))] },
      y: { axis: null, padding: 0.62 },
      marks: [
        Plot.barX(rows, { x: "n", y: "place", fill: "var(--wm-chart-positive)" }),
        Plot.ruleX([0], { stroke: INK }),
        Plot.text(rows, { x: 0, y: "place", text: name, textAnchor: "start", dx: 4, dy: -19, fill: INK }),
        Plot.text(rows, { x: "n", y: "place", text: (row) => String(row.n), textAnchor: "start", dx: 6, fontWeight: 700, fill: INK }),
      ],
    };
  }
}

/** Shares of two tones by week, each mark with its 95 % range, each line named where it ends. */
export class Trend extends Chart {
  get rows() {
    const heads = [...this.table.tHead.rows[0].cells];
    return [...this.table.tBodies[0].rows].flatMap((row) =>
      heads.flatMap((head, column) => {
        const cell = row.cells[column];
        if (!head.dataset.tone) return [];
        return [
          {
            tone: head.dataset.tone,
            name: words(head),
            week: new Date(`${row.dataset.week}T00:00:00`),
            // A week without a figure is NaN, and breaks the line.
            share: 100 * Number(cell.dataset.value ?? NaN),
            low: 100 * Number(cell.dataset.low ?? NaN),
            high: 100 * Number(cell.dataset.high ?? NaN),
          },
        ];
      }),
    );
  }

  get hasMarks() {
    return this.rows.some((row) => row.share >= 0);
  }

  /** The week from which the tone differs, and what is written there; nothing where it never changed. */
  get changes() {
    return [...this.table.tBodies[0].rows]
      .filter((row) => row.dataset.change)
      .map((row) => ({ week: new Date(`${row.dataset.week}T00:00:00`), name: row.dataset.change }));
  }

  options(width) {
    const { Plot, rows, changes } = this;
    const weeks = rows.map((row) => row.week);
    const first = Math.min(rows.findIndex((row) => row.share >= 0), Math.max(0, rows.length - 2 * FEWEST_WEEKS));
    const roomAbove = changes.length ? FONT_PIXELS + 6 : 0; // a line for the words of the mark
    const height = (width < 560 ? 300 : 340) + roomAbove;
    return {
      height,
      marginLeft: 40,
      marginRight: 84,
      marginTop: 34 + roomAbove,
      marginBottom: 34,
      style: { fontSize: `${FONT_PIXELS}px` },
      x: { type: "time", domain: [weeks[first], weeks.at(-1)], label: null, ticks: width < 560 ? 3 : 6 },
      y: { domain: [0, 100], ticks: 5, grid: true, label: this.root.dataset.axis, labelArrow: "none" },
      marks: [
        ...this.#changeMarks(changes, weeks[first], Plot),
        ...Object.keys(TONES).flatMap((tone) => this.#marks(tone, rows.filter((row) => row.tone === tone), Plot)),
        ...this.#names(rows, Plot, height - roomAbove),
      ],
    };
  }

  /** An upright line half a week before the first week that differs, with its words above the frame. */
  #changeMarks(changes, start, Plot) {
    return changes
      .map(({ week, name }) => ({ name, between: new Date(week.getTime() - HALF_A_WEEK) }))
      .filter(({ between }) => between > start)
      .flatMap((change) => [
        Plot.ruleX([change], { x: "between", stroke: INK, strokeWidth: 2 }),
        Plot.text([change], { x: "between", frameAnchor: "top", text: "name", dy: -14, fontWeight: 700, fill: INK }),
      ]);
  }

  #marks(tone, rows, Plot) {
    const { colour, symbol, dash, shift } = TONES[tone];
    const place = { x: "week", dx: shift };
    return [
      Plot.ruleX(rows, { ...place, y1: "low", y2: "high", stroke: colour, strokeWidth: 2, strokeOpacity: 0.45 }),
      Plot.line(rows, { ...place, y: "share", stroke: colour, strokeWidth: 2, strokeDasharray: dash }),
      Plot.dot(rows, { ...place, y: "share", fill: colour, stroke: "var(--wm-paper)", symbol, r: 4.5 }),
    ];
  }

  #names(rows, Plot, height) {
    const last = Object.keys(TONES).flatMap((tone) => rows.filter((row) => row.tone === tone && row.share >= 0).slice(-1));
    const gap = (100 * (FONT_PIXELS + 4)) / (height - 68);
    const heights = apart(last.map((row) => row.share), gap);
    return last.map((row, index) =>
      Plot.text([row], {
        x: "week",
        y: heights[index],
        text: "name",
        textAnchor: "start",
        dx: 12,
        fontWeight: 700,
        fill: TONES[row.tone].colour,
      }),
    );
  }
}

const MODULES = { "wm-tones": Tones, "wm-bars": Bars, "wm-trend": Trend };

if (globalThis.document && globalThis.Plot) {
  for (const [name, Module] of Object.entries(MODULES)) {
    document.querySelectorAll(`[data-module="${name}"]`).forEach((root) => new Module(root, globalThis.Plot));
  }
}
