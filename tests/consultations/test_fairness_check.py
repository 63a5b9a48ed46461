"""The fairness check as officers meet it: beside the editor, on its own page, when they publish, at sign-off."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Locale, Page, PageLogEntry, Workflow, WorkflowPage, WorkflowTask
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from consultations.fairness import Rule
from consultations.fairness_check import (
    FindingChanged,
    check_draft,
    check_page,
    facts_of,
    plain_paragraphs,
    set_finding_aside,
    take_finding_back,
)
from consultations.models import (
    ConsultationPage,
    CouncilPeriod,
    FairnessSettings,
    FairnessSignOffTask,
    FindingSetAside,
)
from tests.consultations.samples import CLOSES_AT, OPENS_AT, WHILE_OPEN, question
from wardmote.home.officers import provide_officers

pytestmark = pytest.mark.django_db

REASONS = (
    "<p>The stalls are full on every market day, and forty traders wait for a place. "
    "A second day would let them in.</p>"
)
FAIR = {
    "is_formative": True,
    "reasons": REASONS,
    "options_set_aside": [{"type": "option", "value": {"option": "Do nothing", "why": "Traders would leave."}}],
    "closes_at": OPENS_AT + timedelta(days=60),
    "contact_email": "market@example.org",
    "alternative_formats": "Large print on request.",
}


@pytest.fixture(autouse=True)
def password_alone_suffices(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def at_work(client, officer, index_page):
    """A browser in which an officer is signed in."""
    provide_officers(index_page.get_parent())
    client.force_login(officer)
    return client


@pytest.fixture
def draft(make_consultation):
    """A consultation not published yet that nobody has declared open to change; all else is well."""
    page = make_consultation(**FAIR | {"is_formative": False, "live": False})
    page.save_revision()
    return page


def fairness_url(page):
    return reverse("consultation_fairness:check", args=[page.pk])


def open_rules(page):
    return [judged.finding.rule for judged in check_page(page).open]


def mark_of(page, rule):
    return next(judged.finding.mark for judged in check_draft(page).open if judged.finding.rule == rule)


def set_aside(page, user, reason="A statute names the plan.", rule=Rule.FORMATIVE):
    return set_finding_aside(page=page, mark=mark_of(page, rule), reason=reason, user=user, set_aside_at=WHILE_OPEN)


def test_a_page_that_says_everything_has_nothing_open(make_consultation):
    assert open_rules(make_consultation(**FAIR)) == []


def test_a_page_that_says_nothing_is_told_what_is_missing(make_consultation):
    page = make_consultation()
    assert open_rules(page) == [
        Rule.FORMATIVE,
        Rule.REASONS,
        Rule.OPTIONS,
        Rule.TIME,
        Rule.CONTACT,
        Rule.FORMATS,
    ]


def test_what_is_read_is_what_the_public_reads_in_order_to_answer(make_consultation):
    page = make_consultation(
        intro="In short.",
        body=[
            {"type": "heading", "value": "A heading"},
            {"type": "paragraph", "value": "<p>One <b>bo</b>ld.</p><ul><li>Two</li></ul>"},
            {"type": "call_out", "value": {"title": "", "text": "<p>Three</p>"}},
        ],
        questions=[question("free_text", "q", "Four?", help="Five.\nSix.")],
        **FAIR,
    )
    facts = facts_of(page)
    assert facts.paragraphs == (
        "In short.",
        "One bold.",
        "Two",
        "Three",
        "Four?",
        "Five.",
        "Six.",
        REASONS.removeprefix("<p>").removesuffix("</p>"),
        "Traders would leave.",
    )
    assert (facts.opens_on.isoformat(), facts.last_day.isoformat()) == ("2026-11-02", "2027-01-01")


def test_a_list_within_a_list_is_read_once():
    html = "<p>Why<br/>not?</p><ul><li>One<ul><li>Two</li></ul></li></ul>"
    assert plain_paragraphs(html) == ("Why\nnot?", "One", "Two")


@pytest.mark.parametrize(("seconds", "last_day"), [(-1, "2026-12-31"), (0, "2026-12-31"), (1, "2027-01-01")])
def test_closing_at_midnight_ends_the_day_before(make_consultation, seconds, last_day):
    midnight = OPENS_AT.replace(year=2027, month=1, day=1, hour=0)
    page = make_consultation(**FAIR | {"closes_at": midnight + timedelta(seconds=seconds)})
    assert facts_of(page).last_day.isoformat() == last_day


def test_the_councils_own_figures_and_periods_count(make_consultation):
    page = make_consultation(**FAIR)
    assert open_rules(page) == []
    CouncilPeriod.objects.create(
        kind="pre_election", name="By-election", from_date=OPENS_AT.date(), until_date=CLOSES_AT.date()
    )
    measured = FairnessSettings.load()
    measured.shortest_days = 90
    measured.nation = "wales"
    measured.save()
    assert open_rules(page) == [Rule.TIME, Rule.PRE_ELECTION, Rule.WELSH]
    page.copy_for_translation(Locale.objects.create(language_code="cy"), copy_parents=True)
    assert open_rules(page) == [Rule.TIME, Rule.PRE_ELECTION]


def test_an_alias_is_no_welsh_version(make_consultation):
    page = make_consultation(**FAIR)
    FairnessSettings(pk=1, nation="wales").save()
    page.copy_for_translation(Locale.objects.create(language_code="cy"), copy_parents=True, alias=True)
    assert open_rules(page) == [Rule.WELSH]


def test_a_reason_sets_the_finding_aside_and_stands_in_the_pages_history(draft, officer):
    row = set_aside(draft, officer)
    check = check_page(draft)
    assert (check.open, [judged.set_aside for judged in check.set_aside]) == ((), [row])
    assert (row.set_aside_by, row.set_aside_at, row.reason) == (officer, WHILE_OPEN, "A statute names the plan.")
    assert row.found == "Nobody has declared that the proposal can still change."
    entry = PageLogEntry.objects.get(action="consultations.set_finding_aside")
    assert (entry.page_id, entry.user) == (draft.pk, officer)
    assert entry.message == (
        "Fairness finding set aside: “Nobody has declared that the proposal can still change.” "
        "Reason: A statute names the plan."
    )


def test_a_finding_is_set_aside_once(draft, officer):
    mark = mark_of(draft, Rule.FORMATIVE)
    rows = {
        set_finding_aside(page=draft, mark=mark, reason=reason, user=officer, set_aside_at=WHILE_OPEN).pk
        for reason in ("First", "Second")
    }
    assert (len(rows), FindingSetAside.objects.get().reason) == (1, "First")
    assert PageLogEntry.objects.filter(action="consultations.set_finding_aside").count() == 1


@pytest.mark.parametrize("changed", [{"reason": ""}, {"mark": None}])
def test_the_database_refuses_a_second_row_and_an_empty_reason(draft, officer, changed):
    row = set_aside(draft, officer)
    values = {"rule": row.rule, "mark": row.mark, "found": "x", "reason": "x", "set_aside_at": WHILE_OPEN}
    if "reason" in changed:
        values |= {"mark": "another", "reason": ""}
    with pytest.raises(IntegrityError), transaction.atomic():
        FindingSetAside.objects.create(page=draft, **values)


def test_a_finding_set_aside_comes_open_again_when_the_page_changes_it(make_consultation, officer):
    page = make_consultation(**FAIR | {"closes_at": OPENS_AT + timedelta(days=40)})
    earlier = set_aside(page, officer, "A judge set the day.", Rule.TIME)
    assert open_rules(page) == []
    page.closes_at -= timedelta(days=1)
    page.save()
    (judged,) = check_page(page).open
    assert (judged.finding.rule, judged.set_aside, judged.earlier) == (Rule.TIME, None, earlier)


def test_a_finding_that_is_gone_is_not_set_aside(draft, officer):
    with pytest.raises(FindingChanged):
        set_finding_aside(page=draft, mark="0" * 32, reason="x", user=officer, set_aside_at=WHILE_OPEN)
    assert not FindingSetAside.objects.exists()


def test_taking_back_opens_the_finding_and_keeps_its_history(draft, officer):
    row = set_aside(draft, officer)
    for _ in range(2):
        take_finding_back(page=draft, mark=row.mark, user=officer)
    assert open_rules(draft) == [Rule.FORMATIVE]
    entry = PageLogEntry.objects.get(action="consultations.take_finding_back")
    assert entry.data == {"rule": "formative", "found": row.found, "reason": "A statute names the plan."}


def test_the_check_takes_the_same_queries_however_much_it_finds(make_consultation, officer):
    def queries_made(page):
        page = ConsultationPage.objects.get(pk=page.pk)
        with CaptureQueriesContext(connection) as made:
            check_page(page)
        return len(made)

    fair, bare = make_consultation(**FAIR), make_consultation()
    queries_made(fair)  # makes the settings' row
    one = queries_made(fair)
    for rule in (Rule.REASONS, Rule.OPTIONS, Rule.TIME):
        set_aside(bare, officer, rule=rule)
        CouncilPeriod.objects.create(
            kind="pre_election", name="x", from_date=OPENS_AT.date(), until_date=CLOSES_AT.date()
        )
    assert queries_made(bare) == one
    assert one <= 6


def test_the_editor_shows_the_findings_beside_the_fields(at_work, draft, officer):
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    shown = at_work.get(edit).content.decode()
    assert "Nobody has declared that the proposal can still change." in shown
    assert "R v Brent London Borough Council, ex parte Gunning" in shown
    assert f'href="{fairness_url(draft)}"' in shown
    set_aside(draft, officer)
    assert "A statute names the plan." in at_work.get(edit).content.decode()


def test_the_editor_of_a_new_page_says_when_it_is_checked(at_work, index_page):
    url = reverse("wagtailadmin_pages:add", args=["consultations", "consultationpage", index_page.pk])
    assert "Save the page once" in at_work.get(url).content.decode()


def test_officers_set_findings_aside_and_take_them_back_without_javascript(at_work, draft, officer):
    url, mark = fairness_url(draft), mark_of(draft, Rule.FORMATIVE)
    assert "Set aside with this reason" in at_work.get(url).content.decode()
    empty = at_work.post(url, {"mark": mark, "reason": "  "})
    assert (empty.status_code, FindingSetAside.objects.count()) == (422, 0)
    assert "Write the reason" in empty.content.decode()
    assert at_work.post(url, {"mark": mark, "reason": "The law names it."}).status_code == 302
    row = FindingSetAside.objects.get()
    assert (row.set_aside_by, row.reason, row.rule) == (officer, "The law names it.", "formative")
    assert "The law names it." in at_work.get(url).content.decode()
    assert at_work.post(url, {"mark": mark, "take-back": "1"}).status_code == 302
    assert not FindingSetAside.objects.exists()


def test_a_reason_for_a_finding_that_changed_is_handed_back(at_work, draft):
    answer = at_work.post(fairness_url(draft), {"mark": "0" * 32, "reason": "What I had written"})
    assert (answer.status_code, FindingSetAside.objects.count()) == (409, 0)
    assert "What I had written" in answer.content.decode()


def test_only_editors_of_the_page_reach_its_check(client, draft, resident, make_user, index_page):
    provide_officers(index_page.get_parent())
    mark = mark_of(draft, Rule.FORMATIVE)
    for user in (None, resident, make_user(is_staff=True)):
        if user:
            client.force_login(user)
        answers = [client.get(fairness_url(draft)), client.post(fairness_url(draft), {"mark": mark, "reason": "x"})]
        assert [answer.status_code for answer in answers] == [302, 302]
    assert not FindingSetAside.objects.exists()


def test_no_other_page_has_a_check(at_work, index_page):
    assert at_work.get(fairness_url(index_page)).status_code == 404
    assert check_draft(index_page) is None


def test_publishing_is_warned_of_and_not_held_back(at_work, draft):
    answer = publish_from_editor(at_work, draft)
    assert Page.objects.get(pk=draft.pk).live
    assert "Published with an incomplete fairness check: 1 finding is open." in answer.content.decode()


def publish_from_editor(browser, page):
    return browser.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), form_of(page) | {"action-publish": "1"}, follow=True
    )


def form_of(page):
    """What the editor's form sends for ``page`` when nothing is changed but one question."""
    stream = streamfield(
        [
            (
                "free_text",
                {"wording": "What should change?", "help": "", "max_characters": "2000", "asked_if": streamfield([])},
            )
        ]
    )
    option = streamfield([("option", {"option": "Do nothing", "why": "Traders would leave."})])
    return nested_form_data(
        {
            "title": page.title,
            "slug": page.slug,
            "intro": page.intro,
            "body": streamfield([]),
            "reasons": rich_text(page.reasons),
            "options_set_aside": option,
            "questions": stream,
            "way_through": page.way_through,
            "identity_level": page.identity_level,
            "opens_at": "2026-11-02 09:00",
            "closes_at": "2027-01-05 17:00",
            "contact_email": page.contact_email,
            "alternative_formats": page.alternative_formats,
            "privacy_notice": rich_text(""),
            "we_asked": rich_text(""),
            "you_said": rich_text(""),
            "we_did": rich_text(""),
            "comments": inline_formset([]),
        }
    )


@pytest.fixture
def held_back():
    FairnessSettings(pk=1, blocks_publishing=True).save()


def test_the_council_may_have_it_held_back(at_work, draft, officer, held_back):
    answer = publish_from_editor(at_work, draft)
    assert not Page.objects.get(pk=draft.pk).live
    assert "is saved as a draft and not published: 1 finding is open." in answer.content.decode()
    set_aside(draft, officer)
    publish_from_editor(at_work, draft)
    assert Page.objects.get(pk=draft.pk).live


@pytest.mark.parametrize("below", [False, True])
def test_publishing_many_at_once_is_held_back_too(at_work, officer, draft, held_back, below):
    chosen = draft.get_parent() if below else draft
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"]) + f"?id={chosen.pk}"
    data = {"include_descendants": "on"} if below else {}
    at_work.post(url, data)
    assert not Page.objects.get(pk=draft.pk).live
    set_aside(draft, officer)
    at_work.post(url, data)
    assert Page.objects.get(pk=draft.pk).live


def start_workflow(draft, officer, kind):
    task = kind.objects.create(name="Sign-off")
    task.groups.set(officer.groups.all())
    workflow = Workflow.objects.create(name="Consultations")
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=draft)
    return workflow.start(draft, officer).current_task_state


@pytest.fixture
def signed_off(draft, officer):
    """The step at which the officers' group signs ``draft`` off."""
    return start_workflow(draft, officer, FairnessSignOffTask)


def sign_off_url(page, state, action="approve"):
    return reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk])


def test_the_approver_sees_what_is_open_before_approving(at_work, draft, officer, signed_off):
    task = signed_off.task.specific
    assert [(name, modal) for name, _, modal in task.get_actions(draft, officer)] == [
        ("reject", True),
        ("approve", True),
    ]
    shown = at_work.get(sign_off_url(draft, signed_off)).json()["html"]
    assert "1 finding is open." in shown
    assert "Nobody has declared that the proposal can still change." in shown
    at_work.post(sign_off_url(draft, signed_off), {"comment": "Agreed with the monitoring officer."})
    assert Page.objects.get(pk=draft.pk).live
    entry = PageLogEntry.objects.get(action="consultations.approve_with_findings")
    assert (entry.user, entry.message) == (officer, "Approved with open fairness findings: formative")


def test_the_approver_sees_what_was_set_aside_and_why(at_work, draft, officer, signed_off):
    set_aside(draft, officer)
    shown = at_work.get(sign_off_url(draft, signed_off)).json()["html"]
    assert "Nothing is open." in shown
    assert "A statute names the plan." in shown
    at_work.post(sign_off_url(draft, signed_off), {"comment": ""})
    assert Page.objects.get(pk=draft.pk).live
    assert not PageLogEntry.objects.filter(action="consultations.approve_with_findings").exists()


def test_nothing_is_approved_while_findings_hold_it_back(at_work, draft, officer, signed_off, held_back):
    task = signed_off.task.specific
    assert [name for name, *_ in task.get_actions(draft, officer)] == ["reject"]
    assert at_work.post(sign_off_url(draft, signed_off), {"comment": ""}).status_code in (302, 403)
    assert not Page.objects.get(pk=draft.pk).live


def test_an_approval_without_the_check_publishes_nothing_that_is_held_back(at_work, draft, officer, held_back):
    state = start_workflow(draft, officer, GroupApprovalTask)
    at_work.post(sign_off_url(draft, state), {"comment": ""})
    assert not Page.objects.get(pk=draft.pk).live
    entry = PageLogEntry.objects.get(action="consultations.hold_back")
    assert entry.message == "Approved but not published, with open fairness findings: formative"


def test_the_page_gives_reasons_options_and_formats(client, make_consultation):
    shown = client.get(make_consultation(**FAIR).url).content.decode()
    for words in ("Why this is proposed", "forty traders wait", "Do nothing", "Traders would leave.", "Large print"):
        assert words in shown


@pytest.mark.parametrize(("days", "is_refused"), [(366, False), (367, True)])
def test_a_period_lasts_a_year_at_most(days, is_refused):
    today = timezone.localdate()
    period = CouncilPeriod(
        kind="school_holiday", name="Summer", from_date=today, until_date=today + timedelta(days=days)
    )
    if is_refused:
        with pytest.raises(ValidationError, match="a year at most"):
            period.full_clean()
    else:
        period.full_clean()


def test_a_broken_line_of_the_jargon_list_is_named():
    with pytest.raises(ValidationError, match="Line 1"):
        FairnessSettings(jargon="utilise").full_clean()


def test_officers_keep_the_periods_and_the_figures(at_work):
    for url in (
        reverse("wagtailsettings:edit", args=["consultations", "fairnesssettings"]),
        reverse(CouncilPeriod.snippet_viewset.get_url_name("list")),
        reverse(CouncilPeriod.snippet_viewset.get_url_name("add")),
    ):
        assert at_work.get(url, follow=True).status_code == 200


def test_what_stands_between_the_questions_is_read_too(make_consultation):
    told = {"heading": "Before you go on", "text": "<p>Stakeholders facilitate the public realm.</p>"}
    page = make_consultation(
        questions=[{"type": kind, "id": kind, "value": told} for kind in ("section_text", "page_break")]
    )
    assert list(facts_of(page).paragraphs).count("Stakeholders facilitate the public realm.") == 2
