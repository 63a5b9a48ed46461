"""The report's two charts as SVG: drawn by us, labelled in place, readable in print and without colour."""

from collections.abc import Sequence
from html import escape

from sentiment.nlp.public import Shown
from sentiment.nlp.readings import LABELS

WIDTH = 680  # of a chart, in its own units; it scales to the page
ROW = 34
NAME_WIDTH = 168
NAME_CHARACTERS = 24
BAR_RIGHT, BAR_HEIGHT = 600, 20
AXIS_LEFT, AXIS_RIGHT = 190, 480
SHARE_NEEDS = 44  # width below which words do not fit into a part of a bar

_TEXT_CLASS = {
    "negative": "on-dark",
    "neutral": "on-light",
    "positive": "on-dark",
    "unsure": "on-light",
    "unread": "on-light",
}
LEGEND_STEP = 100  # from one label of the legend to the next

DEFINITIONS = (
    '<svg class="definitions" aria-hidden="true" width="0" height="0"><defs>'
    '<pattern id="fill-negative" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="7" height="7" fill="#a23d17"/><rect width="1.5" height="7" fill="#c26a45"/></pattern>'
    '<pattern id="fill-unsure" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
    '<rect width="7" height="7" fill="#cfd8e0"/><rect width="1.5" height="7" fill="#93a5b5"/></pattern>'
    '<pattern id="fill-unread" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect width="6" height="6" fill="#f3f0e6"/><circle cx="3" cy="3" r="0.9" fill="#8b8678"/></pattern>'
    "</defs></svg>"
)
_FILLS = {
    "negative": "url(#fill-negative)",
    "neutral": "#e4dece",
    "positive": "#17406d",
    "unsure": "url(#fill-unsure)",
    "unread": "url(#fill-unread)",
}


def shares_chart(wards: Sequence[Shown], key: str) -> str:
    """A bar a ward, divided by label; ``key`` makes the ids of this chart unlike those of others on the page."""
    top = 40
    height = top + ROW * len(wards) + 6
    parts = [_legend()]
    for place, ward in enumerate(wards):
        parts.append(_share_row(ward, top + ROW * place))
    title = "Share of comments by tone, a bar for each ward"
    return _svg(key, height, title, "The table beside it has the numbers.", parts)


def tones_chart(wards: Sequence[Shown], key: str) -> str:
    """The mean tone of each ward as a dot on -1..+1, with a whisker from end to end of its 95 % interval."""
    top = 46
    height = top + ROW * len(wards) + 12
    parts = [_axis(top, height)]
    for place, ward in enumerate(wards):
        parts.append(_tone_row(ward, top + ROW * place + ROW / 2))
    title = "Average tone of each ward, with its 95 % interval"
    return _svg(key, height, title, "The table beside it has the numbers.", parts)


def signed(tone: float) -> str:
    """A tone with its sign and a true minus: +0.12, −0.30, 0.00."""
    rounded = round(tone, 2)
    if rounded == 0:
        return "0.00"
    return f"{'+' if rounded > 0 else '−'}{abs(rounded):.2f}"


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %"


def _svg(key: str, height: float, title: str, description: str, parts: list[str]) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-labelledby="{key}-title {key}-note">'
        f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-note">{escape(description)}</desc>'
        f"{''.join(parts)}</svg>"
    )


def _legend() -> str:
    parts = []
    x = NAME_WIDTH
    for label in LABELS:
        parts.append(
            f'<rect x="{x}" y="8" width="14" height="14" fill="{_FILLS[label]}" class="edge"/>'
            f'<text x="{x + 20}" y="20" class="label">{label.capitalize()}</text>'
        )
        x += LEGEND_STEP
    return "".join(parts)


def _name(ward: Shown, baseline: float) -> str:
    name = ward.name if len(ward.name) <= NAME_CHARACTERS else ward.name[: NAME_CHARACTERS - 1] + "…"
    return f'<text x="{NAME_WIDTH - 12}" y="{baseline:g}" text-anchor="end" class="name">{escape(name)}</text>'


def _share_row(ward: Shown, y: float) -> str:
    middle = y + BAR_HEIGHT / 2 + 5
    if ward.total is None:
        return (
            f'{_name(ward, middle)}<text x="{NAME_WIDTH}" y="{middle:g}" class="quiet">Hidden: small numbers</text>'
        )
    parts = [_name(ward, middle)]
    x = float(NAME_WIDTH)
    for label in LABELS:
        count = ward.counts[label] or 0
        width = (BAR_RIGHT - NAME_WIDTH) * count / max(1, ward.total)
        if width:
            look = f'fill="{_FILLS[label]}" class="edge"'
            parts.append(_part(x, y, width, look, percent(count, ward.total), _TEXT_CLASS[label]))
        x += width
    if any(count is None for count in ward.counts.values()):
        parts.append(_part(x, y, BAR_RIGHT - x, 'class="withheld"', "hidden", "quiet"))
    parts.append(f'<text x="{BAR_RIGHT + 10}" y="{middle:g}" class="quiet">of {ward.total:,}</text>')
    return "".join(parts)


def _part(x: float, y: float, width: float, look: str, words: str, text_class: str) -> str:
    """One part of a bar, with its words where they fit."""
    part = f'<rect x="{x:.1f}" y="{y:g}" width="{width:.1f}" height="{BAR_HEIGHT}" {look}/>'
    if width < SHARE_NEEDS:
        return part
    middle = f'x="{x + width / 2:.1f}" y="{y + BAR_HEIGHT / 2 + 5:g}" text-anchor="middle"'
    return f'{part}<text {middle} class="share {text_class}">{words}</text>'


def _x(tone: float) -> float:
    return AXIS_LEFT + (AXIS_RIGHT - AXIS_LEFT) * (tone + 1) / 2


def _axis(top: float, height: float) -> str:
    parts = []
    for tone, words in ((-1.0, "negative"), (0.0, "neutral"), (1.0, "positive")):
        number = signed(tone).removesuffix(".00") if tone else "0"
        parts.append(
            f'<line x1="{_x(tone):.1f}" x2="{_x(tone):.1f}" y1="{top - 8:g}" y2="{height - 8:g}" class="grid"/>'
            f'<text x="{_x(tone):.1f}" y="14" text-anchor="middle" class="quiet">{words}</text>'
            f'<text x="{_x(tone):.1f}" y="31" text-anchor="middle" class="quiet">{number}</text>'
        )
    return "".join(parts)


def _tone_row(ward: Shown, middle: float) -> str:
    parts = [_name(ward, middle + 5)]
    if ward.mean is None:
        words = "Hidden: small numbers" if ward.is_hidden else "Nothing read"
        return "".join([*parts, f'<text x="{AXIS_RIGHT + 20}" y="{middle + 5:g}" class="quiet">{words}</text>'])
    label = signed(ward.mean)
    if ward.interval is not None:
        low, high = _x(ward.interval.low), _x(ward.interval.high)
        parts.append(
            f'<path d="M{low:.1f} {middle - 6:g}V{middle + 6:g}M{low:.1f} {middle:g}H{high:.1f}'
            f'M{high:.1f} {middle - 6:g}V{middle + 6:g}" class="whisker"/>'
        )
        label += f" ({signed(ward.interval.low)} to {signed(ward.interval.high)})"
    parts.append(f'<circle cx="{_x(ward.mean):.1f}" cy="{middle:g}" r="5.5" class="dot"/>')
    parts.append(f'<text x="{AXIS_RIGHT + 20}" y="{middle + 5:g}" class="label">{label}</text>')
    return "".join(parts)
