"""The demonstration's consultations and meetings, as pages in both languages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.utils.html import format_html, format_html_join
from wagtail.models import Locale, Page

from consultations.enums import Agreement, Route, YesNoAnswer
from consultations.models import ConsultationIndexPage, ConsultationPage, Topic
from meetings.enums import StreamKind
from meetings.models import AgendaItem, MeetingIndexPage, MeetingPage
from wardmote.demo.agendas import furnish, make_bodies
from wardmote.demo.files import read_json
from wards.models import Ward

WELSH = "cy"


def stable_id(*parts: str) -> str:
    """A UUID that is the same at every load."""
    return str(uuid5(NAMESPACE_URL, "/".join(("demonstration", *parts))))


def make_consultations(index: ConsultationIndexPage, moment: datetime) -> dict[str, ConsultationPage]:
    """Make the consultations, each with its Welsh text or, where there is none, its English one under ``/cy/``."""
    council = read_json("council.json")
    pages = {}
    topics = {told["slug"]: Topic.objects.create(**told) for told in council["topics"]}
    for told in read_json("consultations.json"):
        page = ConsultationPage(
            **_words(told["slug"], told, council),
            slug=told["slug"],
            opens_at=_at_an_hour(moment, told["opens_days"], hour=9),
            closes_at=_at_an_hour(moment, told["closes_days"], hour=17),
            answers_may_change=True,
            way_through=told.get("way_through", Route.LINEAR),
            **_outcome(told["outcome"], moment),
        )
        page.topics = [topics[slug] for slug in told["topics"]]
        if told.get("is_draft"):
            page.live = False
            index.add_child(instance=page)
            page.save_revision()
            continue
        _publish(index, page)
        if WELSH in told["translations"]:
            translate_consultation(page, told, council)
        pages[told["slug"]] = page
    return pages


def _at_an_hour(moment: datetime, days: float, *, hour: int) -> datetime:
    return (moment + timedelta(days=days)).replace(hour=hour, minute=0, second=0, microsecond=0)


def _words(slug: str, told: dict[str, Any], council: dict[str, Any], language: str = "en") -> dict[str, Any]:
    """The fields that hold words in one language."""
    return {
        "title": told["title"],
        "intro": told["intro"],
        "body": [block for section in told["body"] for block in _section(section)],
        "questions": [_question(slug, question) for question in told["questions"]],
        "privacy_notice": _paragraphs(council["privacy_notice_cy" if language == WELSH else "privacy_notice"]),
        "contact_name": council["contact"]["team"],
        "contact_email": council["contact"]["email"],
        "return_address": "\n".join(council["contact"]["address"]),
    }


def _section(section: dict[str, Any]) -> list[dict[str, str]]:
    return [
        {"type": "heading", "value": section["heading"]},
        {"type": "paragraph", "value": _paragraphs(section["paragraphs"])},
    ]


def _paragraphs(texts: list[str]) -> str:
    return format_html_join("", "<p>{}</p>", ((text,) for text in texts))


def _question(slug: str, told: dict[str, Any]) -> dict[str, Any]:
    value: dict[str, Any] = {"wording": told["text"], "help": told["help"], "is_required": told["required"]}
    if told["type"] == "free_text":
        value["max_characters"] = 2_000
    if told["type"] == "page_break":
        value = {"heading": told["text"], "text": _paragraphs([told["help"]] if told["help"] else [])}
    for name in ("options", "rows", "scale"):
        if told.get(name):
            value[name] = [
                {"type": "item", "id": stable_id(slug, told["key"], option["key"]), "value": option["text"]}
                for option in told[name]
            ]
    if "asked_if" in told:
        value["asked_if"] = [
            {"type": "item", "id": stable_id(slug, told["key"], "rule", str(place)), "value": _clause(slug, clause)}
            for place, clause in enumerate(told["asked_if"])
        ]
        value["asked_if_any"] = told.get("asked_if_any", False)
    return {"type": told["type"], "id": stable_id(slug, told["key"]), "value": value | told.get("settings", {})}


def _clause(slug: str, told: dict[str, str]) -> dict[str, str]:
    """A comparison with an earlier answer; editors' options are told by their key, the house's own by their value."""
    own = told["answer"] in {*YesNoAnswer.values, *Agreement.values}
    answer = told["answer"] if own else stable_id(slug, told["question"], told["answer"])
    return {"question": stable_id(slug, told["question"]), "operator": told["operator"], "answer": answer}


def translate_consultation(page: ConsultationPage, told: dict[str, Any], council: dict[str, Any]) -> None:
    """Turn the Welsh alias into a translation with words of its own. Question and option ids stay."""
    welsh = told["translations"][WELSH]
    questions = [
        question
        | {
            "text": welsh["questions"][question["key"]]["text"],
            "help": welsh["questions"][question["key"]].get("help", ""),
            "options": [
                option | {"text": welsh["questions"][question["key"]]["options"][option["key"]]}
                for option in question["options"]
            ],
        }
        for question in told["questions"]
    ]
    translation = page.get_translation(Locale.objects.get(language_code=WELSH))
    translation.alias_of = None
    for name, value in _words(told["slug"], welsh | {"questions": questions}, council, WELSH).items():
        setattr(translation, name, value)
    translation.save()
    translation.save_revision().publish()


def _outcome(told: dict[str, Any] | None, moment: datetime) -> dict[str, Any]:
    if told is None:
        return {}
    did = format_html_join("", "<li><b>{}</b> {}</li>", ((one["point"], one["detail"]) for one in told["we_did"]))
    return {
        "we_asked": _list(told["we_asked"]),
        "you_said": _list(told["you_said"]),
        "we_did": format_html("<p>{}</p><ul>{}</ul>", told["summary"], did),
        "outcome_published_at": moment + timedelta(days=told["published_days"]),
    }


def _list(points: list[str]) -> str:
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((point,) for point in points)))


def make_meetings(
    index: MeetingIndexPage, moment: datetime, consultations: dict[str, ConsultationPage], wards: dict[str, Ward]
) -> dict[str, MeetingPage]:
    """Make the bodies and their meetings, with agendas."""
    told, contact = read_json("meeting.json"), read_json("council.json")["contact"]
    bodies = make_bodies(told["bodies"], moment)
    pages = {}
    for one in told["meetings"]:
        starts_at = (moment + timedelta(minutes=one["starts_minutes"])).replace(second=0, microsecond=0)
        page = MeetingPage(
            title=one["title"],
            slug=one["slug"],
            body=bodies[one["body"]],
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=one["length_minutes"]),
            venue=one["venue"]["name"],
            access=one["venue"]["access"],
            contact_name=contact["team"],
            contact_email=contact["email"],
            intro=format_html("<p>{}</p>", one["intro"]),
            stream_kind=StreamKind.DEMONSTRATION if one["stream"] else StreamKind.NONE,
        )
        page.agenda_items = [
            furnish(
                AgendaItem(
                    sort_order=position,
                    number=item["number"],
                    title=item["title"],
                    description=item["description"],
                    takes_questions=item["public_questions"],
                    about_page=consultations.get(item.get("consultation", "")),
                    resolution=item.get("resolution", ""),
                ),
                item,
                wards,
                moment,
            )
            for position, item in enumerate(one["agenda"])
        ]
        _publish(index, page)
        pages[one["slug"]] = page
    return pages


def agenda_item_pk(page: MeetingPage, told: dict[str, Any], key: str | None) -> int | None:
    number = next((item["number"] for item in told["agenda"] if item["key"] == key), None)
    return page.agenda_items.filter(number=number).values_list("pk", flat=True).first()


def _publish(parent: Page, page: Page) -> None:
    """Publish under ``parent``, and let the page stand in under ``/cy/`` until it is translated."""
    parent.add_child(instance=page)
    page.save_revision().publish()
    page.copy_for_translation(Locale.objects.get(language_code=WELSH), alias=True)
