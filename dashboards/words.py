"""The sentences that a dashboard opens with. Numbers come second, charts third."""

from __future__ import annotations

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dashboards.queries import Alpha, Checked, KindCount, Share, WardFigures
from sentiment.enums import FeedbackKind
from sentiment.figures import FALSE_ALARMS
from sentiment.nlp.agreement import FIRM, TENTATIVE


def opening(figures: WardFigures) -> str:
    """How much was said, of which kinds."""
    days = figures.length_days
    if not figures.total:
        return _("In the last %(days)d days nothing reached us from %(ward)s.") % {
            "days": days,
            "ward": figures.ward.local_name,
        }
    said = ngettext(
        "In the last %(days)d days %(n)d thing was said in %(ward)s: %(kinds)s.",
        "In the last %(days)d days %(n)d things were said in %(ward)s: %(kinds)s.",
        figures.total,
    ) % {"days": days, "n": figures.total, "ward": figures.ward.local_name, "kinds": kinds_in_words(figures.kinds)}
    return f"{said} {change(figures)}"


def kinds_in_words(kinds: tuple[KindCount, ...]) -> str:
    """ "38 answers, 9 questions and 17 local posts", without the kinds nobody used."""
    parts = [counted(kind.kind, kind.total) for kind in kinds if kind.total]
    return listed(parts)


def counted(kind: FeedbackKind, n: int) -> str:
    """A number of texts of a kind."""
    words = {
        FeedbackKind.ANSWER: ngettext("%d answer", "%d answers", n),
        FeedbackKind.PUBLIC_QUESTION: ngettext("%d question", "%d questions", n),
        FeedbackKind.POST: ngettext("%d local post", "%d local posts", n),
    }
    return words[kind] % n


def listed(parts: list[str]) -> str:
    """Parts as a list is spoken."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(first)s and %(last)s") % {"first": ", ".join(parts[:-1]), "last": parts[-1]}


def change(figures: WardFigures) -> str:
    """More or fewer than in the period before."""
    values = {"before": figures.before, "days": figures.length_days}
    if figures.total > figures.before:
        return _("That is more than the %(before)d of the %(days)d days before.") % values
    if figures.total < figures.before:
        return _("That is fewer than the %(before)d of the %(days)d days before.") % values
    return _("The %(days)d days before had as many.") % values


def tone(figures: WardFigures) -> str:
    """The tone of what was said to the council, with how sure one can be; or that there is too little to tell."""
    if not figures.can_say_tone:
        return _("Too little was said to the council to speak of its tone.")
    said = _(
        "Of the %(of)d answers and questions that could be read, %(negative)s sounded negative and %(positive)s positive."
    ) % {"of": figures.negative.of, "negative": in_words(figures.negative), "positive": in_words(figures.positive)}
    if not figures.unsure:
        return said
    unsure = ngettext("Of %d the tone is unsure.", "Of %d the tone is unsure.", figures.unsure) % figures.unsure
    return f"{said} {unsure}"


DRAWN_FROM = 0.01
"""Difference of a net tone from what it was by itself, from which it is told: one in 100."""


def net_tone(figures: WardFigures) -> str:
    """How much more sounded positive than negative, how sure that is, and what was done to it; "" for too few."""
    net = figures.net
    if net is None:
        return ""
    parts = [
        _("Positive less negative, that is %(net)s in 100: between %(low)s and %(high)s.")
        % {"net": signed(net.net), "low": signed(net.interval.low), "high": signed(net.interval.high)},
        ngettext(
            "This is corrected by %d text that officers checked at random.",
            "This is corrected by %d texts that officers checked at random.",
            net.checks,
        )
        % net.checks
        if net.checks
        else _(
            "This is corrected by what the machine is known to get wrong elsewhere: officers have checked too few texts."
        ),
    ]
    if abs(net.net - net.own) >= DRAWN_FROM:
        parts.append(
            _("Few people spoke here, so it is drawn towards the mean of all wards; by itself it would be %s.")
            % signed(net.own)
        )
    return " ".join(parts)


def tone_change(figures: WardFigures) -> str:
    """Since when people write otherwise than before, and how often chance alone would look like it; "" for never."""
    change = figures.change
    if change is None:
        return ""
    values = {
        "week": date_format(change.monday, "j F"),
        "before": signed(change.before),
        "after": signed(change.after),
    }
    since = (
        _(
            "Since the week of %(week)s people write to the council more positively: positive less negative"
            " was %(before)s in 100 in the weeks before, and is %(after)s since."
        )
        if change.is_for_the_better
        else _(
            "Since the week of %(week)s people write to the council more negatively: positive less negative"
            " was %(before)s in 100 in the weeks before, and is %(after)s since."
        )
    ) % values
    chance = _(
        "Where nothing changed, chance alone makes such a mark in 1 of %(wards)d wards. It may be that something else was"
        " asked."
    ) % {"wards": round(1 / FALSE_ALARMS)}
    return f"{since} {chance}"


def agreements(checked: Checked) -> list[str]:
    """How far officers agree with each other, and the machine with them, and what that is good for."""
    return [
        _("Officers compared with each other:") + " " + _alpha(checked.officers),
        _("The machine compared with officers:") + " " + _alpha(checked.machine),
    ]


def _alpha(alpha: Alpha) -> str:
    if alpha.needed:
        return _("too few to say. So far %(texts)d texts were judged twice; %(needed)d are needed.") % {
            "texts": alpha.texts,
            "needed": alpha.texts + alpha.needed,
        }
    if alpha.found is None or alpha.found.interval is None:
        return _("nothing to tell. All %(texts)d texts were given one and the same tone.") % {"texts": alpha.texts}
    values = {
        "alpha": decimal(alpha.found.alpha),
        "low": decimal(alpha.found.interval.low),
        "high": decimal(alpha.found.interval.high),
        "texts": alpha.texts,
    }
    figure = _("alpha %(alpha)s, between %(low)s and %(high)s, from %(texts)d texts judged twice.") % values
    return f"{figure} {good_for(alpha.found.alpha)}"


def good_for(alpha: float) -> str:
    """What judgements that agree so far are good for, by Krippendorff's own bounds."""
    if alpha >= FIRM:
        return _("That is firm: such judgements can be relied on.")
    if alpha >= TENTATIVE:
        return _("That is enough for cautious conclusions only.")
    return _("That is too little to rely on: take the tones as hints.")


def decimal(figure: float) -> str:
    """A figure between -1 and 1 with two decimals, in the reader's language, with a true minus."""
    return number_format(figure, 2).replace("-", "−")


def signed(share: float) -> str:
    """A share (-1 to +1) as so many in a hundred, with its sign."""
    n = round(100 * share)
    return f"+{n}" if n > 0 else f"−{-n}" if n else "0"


def in_words(share: Share) -> str:
    """ "18 (44 in 100; the range is 30 to 59)"."""
    return _("%(n)d (%(share)d in 100; between %(low)d and %(high)d if more had spoken)") % {
        "n": share.n,
        "share": round(100 * share.share),
        "low": round(100 * share.interval.low),
        "high": round(100 * share.interval.high),
    }


def talk(figures: WardFigures) -> str:
    """What people spoke of most."""
    phrases = [f"“{phrase.phrase}”" for phrase in figures.phrases[:3]]
    return _("People spoke most of %s.") % listed(phrases) if phrases else ""


def unread(figures: WardFigures) -> str:
    """What the machine did not read."""
    parts = []
    if figures.unread:
        parts.append(
            ngettext(
                "%d text in Welsh has no tone: the machine reads English only. It is counted.",
                "%d texts in Welsh have no tone: the machine reads English only. They are counted.",
                figures.unread,
            )
            % figures.unread
        )
    if figures.waiting:
        parts.append(
            ngettext("%d text waits to be read.", "%d texts wait to be read.", figures.waiting) % figures.waiting
        )
    return " ".join(parts)


def opening_sentences(figures: WardFigures) -> list[str]:
    """The sentences in order, without the empty ones."""
    said = (opening(figures), tone(figures), net_tone(figures), tone_change(figures), talk(figures), unread(figures))
    return [sentence for sentence in said if sentence]
