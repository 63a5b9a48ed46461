"""``report.html``: an analysis as one page that needs no other file, no script and no network."""

from functools import cache
from html import escape
from importlib.resources import files

from sentiment.nlp import charts
from sentiment.nlp.charts import percent, signed
from sentiment.nlp.phrases import Phrase
from sentiment.nlp.public import Report, Shown
from sentiment.nlp.readings import LABELS, Label
from sentiment.nlp.small_numbers import THRESHOLD
from sentiment.nlp.summary import Sentence
from sentiment.nlp.tally import NO_WARD, SAMPLE_TEXTS, SAMPLE_TEXTS_OVERALL
from sentiment.nlp.tone import reader_version
from sentiment.nlp.uncertainty import share_interval

_HIDDEN = '<abbr title="hidden, because the number is small or would give a small one away">hidden</abbr>'


def page(report: Report, file_name: str) -> str:
    """The whole page. Everything people wrote is escaped; ``file_name`` is shown as where it comes from."""
    title = f"What residents said: {file_name}"
    body = "".join(
        [
            _opening(report, file_name),
            "<main>",
            charts.DEFINITIONS,
            _shares(report),
            _tones(report),
            _subjects(report),
            _ward_sections(report),
            "</main>",
            _closing(report),
        ]
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{escape(title)}</title><style>{_style()}</style></head>'
        f"<body>{body}</body></html>\n"
    )


@cache
def _style() -> str:
    return (files("sentiment.nlp") / "report.css").read_text(encoding="utf-8")


def _opening(report: Report, file_name: str) -> str:
    sentences = "".join(f"<p>{sentence}</p>" for sentence in _overall_sentences(report))
    return (
        '<header><p class="kicker">Feedback by ward</p><h1>What residents said</h1>'
        f'<p class="source">Read from {escape(file_name)}</p><div class="lede">{sentences}</div>'
        f'<div class="note">{_audience_note(report)}'
        "<p><strong>Tone is not position.</strong> Tone is how a text sounds, from −1 to +1. A friendly text may "
        "oppose a proposal and an angry one may support it.</p></div></header>"
    )


def _audience_note(report: Report) -> str:
    if report.is_public:
        return (
            f"<p><strong>Made for publication.</strong> Numbers below {THRESHOLD} are hidden, and those that would "
            "give them away. Residents’ own words are left out, because nobody has checked them for names.</p>"
        )
    return (
        "<p><strong>For the council’s own use.</strong> Every number is shown, however small, and quotes may name "
        "people. Do not publish this page: run the analysis again with <code>--public</code>.</p>"
    )


def _overall_sentences(report: Report) -> list[str]:
    overall = report.overall
    if overall.total == 0:
        return ["No comments were found in this file."]
    named = sum(ward.name != NO_WARD for ward in report.wards)
    wards = f"{named} ward{'' if named == 1 else 's'}"
    if overall.total is None:
        return [f"Too few comments from {wards} to publish how many there were."]
    sentences = [f"{_comments(overall.total)} from {wards}."]
    shares = [_share_words(overall, label) for label in ("negative", "positive")]
    if all(shares):
        sentences.append(f"{shares[0]} sound negative and {shares[1]} positive.")
    if overall.mean is not None:
        sentences.append(f"The average tone is {_tone_words(overall)}.")
    unread = overall.counts["unread"]
    if unread:
        sentences.append(f"{unread:,} in Welsh {'is' if unread == 1 else 'are'} counted and left unread.")
    if report.blank:
        sentences.append(f"{report.blank:,} row{' has' if report.blank == 1 else 's have'} no comment.")
    return [" ".join(sentences)]


def _comments(count: int) -> str:
    return f"{count:,} comment{'' if count == 1 else 's'}"


def _share_words(shown: Shown, label: Label) -> str:
    """A share of the comments that were read, with its 95 % interval; empty when it is hidden."""
    counts = [shown.counts[each] for each in LABELS if each != "unread"]
    count = shown.counts[label]
    if count is None or any(each is None for each in counts):
        return ""
    whole = sum(each for each in counts if each is not None)
    if not whole:
        return ""
    interval = share_interval(count, whole)
    return f"{percent(count, whole)} ({100 * interval.low:.0f} to {100 * interval.high:.0f} %)"


def _tone_words(shown: Shown) -> str:
    if shown.mean is None:
        return "unknown"
    if shown.interval is None:
        return signed(shown.mean)
    return f"{signed(shown.mean)} (95 % interval {signed(shown.interval.low)} to {signed(shown.interval.high)})"


def _shares(report: Report) -> str:
    heads = "".join(f'<th scope="col">{label.capitalize()}</th>' for label in LABELS)
    rows = "".join(
        _row(
            shown,
            [_number(shown.total), *(_number(shown.counts[label]) for label in LABELS)],
            shown is report.overall,
        )
        for shown in (*report.wards, report.overall)
    )
    table = f'<tr><th scope="col">Ward</th><th scope="col">All</th>{heads}</tr>', rows
    return _figure(
        "How comments sound",
        "Each comment is negative, neutral or positive by the words it uses, or unsure where two of these are about as "
        "likely. Welsh ones are counted, not read.",
        charts.shares_chart(report.wards, "shares"),
        _table("Comments by ward and tone", *table),
        "shares",
    )


def _tones(report: Report) -> str:
    rows = "".join(
        _row(shown, _tone_cells(shown), shown is report.overall) for shown in (*report.wards, report.overall)
    )
    names = ("Ward", "Average tone", "From", "To")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    return _figure(
        "Average tone",
        "The dot is the average of the comments that were read. The line shows how far chance alone could have "
        "moved it: in 95 of 100 such samples it holds the true average. Where lines overlap, wards may not differ.",
        charts.tones_chart(report.wards, "tones"),
        _table("Average tone by ward, with its 95 % interval", f"<tr>{head}</tr>", rows),
        "tones",
    )


def _tone_cells(shown: Shown) -> list[str]:
    if shown.is_hidden:
        return [_HIDDEN] * 3
    if shown.mean is None:
        return ["–"] * 3
    if shown.interval is None:
        return [signed(shown.mean), "–", "–"]
    return [signed(shown.mean), signed(shown.interval.low), signed(shown.interval.high)]


def _figure(heading: str, words: str, chart: str, table: str, key: str) -> str:
    return (
        f'<section aria-labelledby="{key}-heading"><h2 id="{key}-heading">{heading}</h2><p>{words}</p>'
        f'<div class="pair">{_scrolling(chart, f"{heading}: chart")}{_scrolling(table, f"{heading}: table")}</div>'
        "</section>"
    )


def _scrolling(content: str, name: str) -> str:
    """Content that may be wider than a phone, in a region the keyboard can scroll."""
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{name}">{content}</div>'


def _table(caption: str, head: str, rows: str) -> str:
    return f"<table><caption>{caption}</caption><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _row(shown: Shown, cells: list[str], is_overall: bool) -> str:
    opening = '<tr class="all">' if is_overall else "<tr>"
    return f'{opening}<th scope="row">{escape(shown.name)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _number(count: int | None) -> str:
    return _HIDDEN if count is None else f"{count:,}"


def _subjects(report: Report) -> str:
    phrases = report.overall.phrases
    if not phrases:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{escape(phrase.text)}</th><td>{phrase.count:,}</td></tr>' for phrase in phrases
    )
    total = report.overall.total
    of = f" of {min(total, SAMPLE_TEXTS_OVERALL):,}" if total is not None else ""
    sampled = " looked at" if total is not None and total > SAMPLE_TEXTS_OVERALL else ""
    head = '<tr><th scope="col">Word or phrase</th><th scope="col">Comments</th></tr>'
    caption = f"How many comments{of}{sampled} use it"
    table = _scrolling(_table(caption, head, rows), "What people talk about: table")
    return (
        '<section aria-labelledby="subjects-heading"><h2 id="subjects-heading">What people talk about</h2>'
        f'<div class="pair">{table}</div></section>'
    )


def _ward_sections(report: Report) -> str:
    if not report.wards:
        return ""
    links = "".join(
        f'<li><a href="#ward-{place}">{escape(ward.name)}</a></li>'
        for place, ward in enumerate(report.wards, start=1)
    )
    sections = "".join(_ward_section(ward, place) for place, ward in enumerate(report.wards, start=1))
    return (
        '<section aria-labelledby="wards-heading"><h2 id="wards-heading">Ward by ward</h2>'
        f'<nav aria-label="Wards"><ul class="wards">{links}</ul></nav>{sections}</section>'
    )


def _ward_section(ward: Shown, place: int) -> str:
    parts = [f'<section aria-labelledby="ward-{place}"><h3 id="ward-{place}">{escape(ward.name)}</h3>']
    if ward.total is None:
        parts.append("<p>Hidden: small numbers.</p></section>")
        return "".join(parts)
    sentence = f"{_comments(ward.total)}"
    if ward.mean is not None:
        sentence += f", average tone {_tone_words(ward)}"
    parts.append(f"<p>{sentence}.</p>")
    if ward.total < THRESHOLD:
        parts.append(f"<p>Fewer than {THRESHOLD} comments: too few to speak for a ward.</p>")
    sampled = f" (in {SAMPLE_TEXTS} of its comments)" if ward.total > SAMPLE_TEXTS else ""
    parts.append(_phrase_list(f"Talked about{sampled}", ward.phrases))
    parts.append(_phrase_list(f"Said more here than in all wards together{sampled}", ward.apart))
    parts.append(_quotes(ward))
    parts.append("</section>")
    return "".join(parts)


def _phrase_list(heading: str, phrases: tuple[Phrase, ...]) -> str:
    if not phrases:
        return ""
    items = "".join(f"<li>{escape(phrase.text)} <span>{phrase.count:,}</span></li>" for phrase in phrases)
    return f'<h4>{heading}</h4><ul class="phrases">{items}</ul>'


def _quotes(ward: Shown) -> str:
    if ward.summary is None or not ward.summary.quotes:
        return ""
    quotes = "".join(_quote(ward, sentence) for sentence in ward.summary.quotes)
    excluded = ward.summary.excluded_share
    spoken_for = (
        f"<p>About {100 * excluded:.0f} % of its comments are about something else than these quotes.</p>"
        if excluded >= 0.005
        else ""
    )
    return f"<h4>In residents’ own words</h4>{quotes}{spoken_for}"


def _quote(ward: Shown, sentence: Sentence) -> str:
    reading = ward.sample[sentence.text_index].reading
    lang = ' lang="cy"' if reading.language == "cy" else ""
    tone = "left unread" if reading.tone is None else f"{reading.label}, {signed(reading.tone)}"
    said = f"<p{lang}>{escape(sentence.text)}</p>"
    return f'<blockquote>{said}<p class="reading">The whole comment: {tone}</p></blockquote>'


def _closing(report: Report) -> str:
    quotes = (
        ""
        if report.is_public
        else " Quotes are sentences somebody wrote, chosen to stand for as many others as possible."
    )
    return (
        "<footer><h2>How this was made</h2><p>Tone is read by a linear model over words and phrases and the points of "
        f"NLTK’s VADER (Hutto and Gilbert 2014; reader {reader_version()}), learnt from texts that people labelled. It "
        "knows little of sarcasm or context and is often wrong about a single comment: trust it for many, check it for "
        "one. Shares have Wilson intervals and averages Student’s t intervals, 95 %. Phrases are NLTK collocations, "
        f"counted by comments.{quotes} Where a ward has more than {SAMPLE_TEXTS} comments, phrases and quotes come from "
        f"{SAMPLE_TEXTS} of them drawn evenly.</p></footer>"
    )
