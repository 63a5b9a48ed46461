"""The dashboards' pages: who gets in, what stands on them, what never does, and what they cost."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from dashboards.enums import Viewer
from dashboards.queries import FEWEST_CHECKS, FEWEST_JUDGED_TWICE, FEWEST_READ, viewer_of
from dashboards.words import good_for
from sentiment import queries as sentiment_queries
from sentiment.enums import FeedbackKind, LawfulBasis
from sentiment.figures import midnight
from sentiment.models import Correction, Feedback, Flag, Reading, Source, WardSummary
from sentiment.nlp import tone
from wards.models import Term

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _one_factor(settings, site):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def councillor(ward, make_councillor):
    return make_councillor(ward)


@pytest.fixture
def pages(ward, say):
    feedback = say("A text")
    return {
        "ward": reverse("dashboards:ward", args=[ward.slug]),
        "said": reverse("dashboards:said", args=[ward.slug]),
        "text": reverse("dashboards:text", args=[ward.slug, feedback.pk]),
    }


def test_nobody_signed_in_is_asked_to_sign_in(client, pages):
    for address in [*pages.values(), reverse("dashboards:index")]:
        answer = client.get(address)
        assert (answer.status_code, answer.url) == (302, f"{reverse('account_login')}?next={address}")


def test_residents_other_councillors_and_former_ones_are_refused(
    client, pages, resident, make_ward, ward, make_councillor
):
    former = make_councillor(ward)
    Term.objects.filter(councillor__user=former).update(until_date=timezone.localdate())
    for user in (resident, make_councillor(make_ward()), former):
        client.force_login(user)
        assert [client.get(address).status_code for address in pages.values()] == [403, 403, 403]


def test_the_wards_councillor_and_officers_get_in(client, pages, councillor, officer):
    for user in (councillor, officer):
        client.force_login(user)
        assert [client.get(address).status_code for address in pages.values()] == [200, 200, 200]


def test_a_term_counts_up_to_but_not_on_its_last_date(ward, councillor):
    Term.objects.filter(councillor__user=councillor).update(until_date=date(2026, 11, 2))
    assert viewer_of(councillor, ward, date(2026, 11, 1)) is Viewer.OWN_COUNCILLOR
    assert viewer_of(councillor, ward, date(2026, 11, 2)) is Viewer.USER


def test_the_index_leads_each_to_their_place(client, ward, make_ward, councillor, officer, resident):
    index = reverse("dashboards:index")
    client.force_login(councillor)
    assert client.get(index).url == reverse("dashboards:ward", args=[ward.slug])
    client.force_login(officer)
    assert client.get(index).templates[0].name == "dashboards/overview.html"
    client.force_login(resident)
    assert client.get(index).status_code == 403


def test_a_text_of_another_ward_or_too_unsure_of_this_one_cannot_be_opened_here(
    client, officer, ward, make_ward, say
):
    client.force_login(officer)
    for feedback in (say(ward=make_ward()), say(ward_confidence=0.59)):
        assert client.get(reverse("dashboards:text", args=[ward.slug, feedback.pk])).status_code == 404
    assert client.get(reverse("dashboards:ward", args=["nowhere"])).status_code == 404


def test_sentences_come_first_and_count_the_kinds_apart(client, councillor, ward, say, count):
    for number in range(3):
        say(f"Answer {number}")
    say("Why?", kind=FeedbackKind.PUBLIC_QUESTION)
    say("Post one", kind=FeedbackKind.POST)
    say("Before", said_at=timezone.now() - timedelta(days=35))
    count()
    client.force_login(councillor)
    page = client.get(reverse("dashboards:ward", args=[ward.slug]))
    assert page.context["sentences"][:2] == [
        "In the last 28 days 5 things were said in Northgate: 3 answers, 1 question and 1 local post. "
        "That is more than the 1 of the 28 days before.",
        "Too little was said to the council to speak of its tone.",
    ]
    content = page.content.decode()
    assert content.index("5 things were said") < content.index("<table")


@pytest.mark.parametrize(("read", "says"), [(FEWEST_READ - 1, False), (FEWEST_READ, True)])
def test_tone_is_put_into_words_from_ten_texts_on(client, councillor, ward, say, count, read, says):
    for number in range(read):
        say(f"Answer {number}", label="negative" if number < 4 else "positive")
    say("Post", kind=FeedbackKind.POST, label="negative")
    count()
    client.force_login(councillor)
    sentence = client.get(reverse("dashboards:ward", args=[ward.slug])).context["sentences"][1]
    expected = (
        "Of the 10 answers and questions that could be read, 4 (40 in 100; between 17 and 69 if more had spoken) "
        "sounded negative and 6 (60 in 100; between 31 and 83 if more had spoken) positive."
    )
    assert sentence == (expected if says else "Too little was said to the council to speak of its tone.")


@pytest.mark.parametrize(("read", "says"), [(FEWEST_READ - 1, False), (FEWEST_READ, True)])
def test_net_tone_is_said_with_its_range_and_that_officers_have_not_corrected_it_yet(
    client, councillor, ward, say, count, read, says
):
    for number in range(read):
        say(f"Answer {number}", label="negative", read_as="positive" if number < 3 else "negative")
    count()
    client.force_login(councillor)
    sentences = client.get(reverse("dashboards:ward", args=[ward.slug])).context["sentences"]
    expected = (
        "Positive less negative, that is −43 in 100: between −100 and +35. "
        "This is corrected by what the machine is known to get wrong elsewhere: officers have checked too few texts."
    )
    assert (expected in sentences) is says


def test_net_tone_is_corrected_by_the_texts_that_officers_checked_and_says_so(
    client, officer, ward, make_ward, say, count
):
    elsewhere = make_ward()
    for tone_found in ("negative", "neutral", "positive"):
        for number in range(15):
            checked = say(f"{tone_found} {number}", read_as=tone_found, ward=elsewhere)
            check_made(feedback=checked, label=tone_found, corrected_by=officer, is_random_check=True)
    for number in range(20):
        say(f"Answer {number}", read_as="negative")
    count()
    client.force_login(officer)
    sentences = client.get(reverse("dashboards:ward", args=[ward.slug])).context["sentences"]
    (net,) = [sentence for sentence in sentences if sentence.startswith("Positive less negative")]
    assert net.endswith("This is corrected by 45 texts that officers checked at random.")


@pytest.mark.parametrize(
    ("before", "since", "says"),
    [
        (
            "positive",
            "negative",
            "negatively: positive less negative was +100 in 100 in the weeks before, and is −100",
        ),
        (
            "negative",
            "neutral",
            "positively: positive less negative was −100 in 100 in the weeks before, and is 0",
        ),
    ],
)
def test_a_change_of_tone_is_said_first_and_marked_in_its_week_with_words(
    client, councillor, ward, say, count, before, since, says
):
    monday = timezone.localdate() - timedelta(days=timezone.localdate().weekday())
    for back in range(1, 9):
        for number in range(8):
            said_at = midnight(monday - timedelta(weeks=back)) + timedelta(days=1)
            say(f"Answer {back} {number}", label=since if back <= 3 else before, said_at=said_at)
    count()
    client.force_login(councillor)
    page = client.get(reverse("dashboards:ward", args=[ward.slug]))
    week = monday - timedelta(weeks=3)
    assert (
        f"Since the week of {week:%-d %B} people write to the council more {says} since. Where nothing changed, "
        "chance alone makes such a mark in 1 of 100 wards. It may be that something else was asked."
    ) in page.context["sentences"]
    content = page.content.decode()
    assert content.count("data-change") == 1
    row = re.search(rf'data-week="{week}" data-change="Tone changed">\s*<th[^>]*>(.*?)</th>', content)
    assert row
    assert "Tone changed</strong>" in row[1]
    assert "The upright line stands where the tone changed." in content


def test_a_ward_whose_tone_stayed_or_was_counted_before_changes_were_looked_for_has_no_mark(
    client, councillor, ward, say, count
):
    for number in range(12):
        say(f"Answer {number}", label="positive")
    count()
    client.force_login(councillor)
    address = reverse("dashboards:ward", args=[ward.slug])
    assert b"data-change" not in client.get(address).content
    summary = WardSummary.objects.get(ward=ward)
    del summary.figures["change"]
    summary.save()
    assert b"data-change" not in client.get(address).content


def test_texts_of_unsure_tone_are_counted_among_those_read_and_said(client, councillor, ward, say, count):
    for number in range(12):
        say(f"Answer {number}", label="unsure" if number < 2 else "negative")
    count()
    client.force_login(councillor)
    page = client.get(reverse("dashboards:ward", args=[ward.slug]))
    assert page.context["sentences"][1].startswith(
        "Of the 12 answers and questions that could be read, 10 (83 in 100;"
    )
    assert page.context["sentences"][1].endswith("Of 2 the tone is unsure.")
    said = client.get(reverse("dashboards:said", args=[ward.slug]), {"label": "unsure"})
    assert said.context["page"].paginator.count == 2


def test_welsh_and_waiting_texts_are_counted_and_said(client, councillor, ward, say, count):
    say("Diolch yn fawr", label="unread", language="cy")
    say("New", label="", language="")
    count()
    client.force_login(councillor)
    assert client.get(reverse("dashboards:ward", args=[ward.slug])).context["sentences"][-1] == (
        "1 text in Welsh has no tone: the machine reads English only. It is counted. 1 text waits to be read."
    )


def test_a_withdrawn_or_changed_text_is_quoted_no_more_even_before_the_next_counting(
    client, councillor, ward, say, count
):
    for number in range(4):
        say(f"The bus shelter of canary-{number} leaks on people every single morning now.")
    count()
    client.force_login(councillor)
    address = reverse("dashboards:ward", args=[ward.slug])
    assert "canary-" in client.get(address).content.decode()
    Feedback.objects.filter(text__contains="canary-0").delete()
    Feedback.objects.update(text="Changed", text_hash="0" * 64)
    assert "canary-" not in client.get(address).content.decode()


def test_a_ward_never_counted_says_what_will_come(client, councillor, ward):
    client.force_login(councillor)
    assert "Nothing has been counted yet" in client.get(reverse("dashboards:ward", args=[ward.slug])).content.decode()


@pytest.mark.parametrize(("asked", "length"), [("7", 7), ("90", 90), ("8", 28), ("", 28), ("x", 28), ("-1", 28)])
def test_a_period_is_one_of_three(client, councillor, ward, asked, length):
    client.force_login(councillor)
    assert client.get(reverse("dashboards:ward", args=[ward.slug]), {"days": asked}).context["days"] == length


def test_the_list_is_narrowed_by_kind_tone_matter_and_phrase(client, officer, ward, say, count):
    say("The bus shelter leaks", label="negative", about="Buses")
    say("Another bus shelter broke", label="neutral")
    say("Unheard", label="", kind=FeedbackKind.POST)
    count()
    client.force_login(officer)

    def found(**asked):
        page = client.get(reverse("dashboards:said", args=[ward.slug]), asked).context["page"]
        return sorted(feedback.text for feedback in page)

    shelters = ["Another bus shelter broke", "The bus shelter leaks"]
    assert found() == [*shelters, "Unheard"]
    assert found(kind="post") == ["Unheard"]
    assert found(label="waiting") == ["Unheard"]
    assert found(label="negative", about="Buses") == ["The bus shelter leaks"]
    assert found(phrase="bus shelter") == shelters
    assert found(phrase="unknown") == []


@pytest.mark.parametrize("asked", [{"kind": "all"}, {"label": "angry"}, {"days": "1000"}, {"about": "x" * 256}])
def test_a_filter_the_list_does_not_have_is_not_found(client, officer, ward, asked):
    client.force_login(officer)
    assert client.get(reverse("dashboards:said", args=[ward.slug]), asked).status_code == 404


def test_an_officer_corrects_on_the_page_and_a_councillor_cannot(client, officer, councillor, pages):
    client.force_login(councillor)
    assert client.post(pages["text"], {"label": "negative", "reason": "Sarcasm"}).status_code == 403
    client.force_login(officer)
    page = client.post(pages["text"], {"label": "negative", "reason": " "})
    assert (page.status_code, page.context["form"]["label"].value()) == (200, "negative")
    assert Correction.objects.count() == 0
    assert client.post(pages["text"], {"label": "negative", "reason": "Sarcasm"}).status_code == 302
    assert Feedback.objects.get().label == "negative"


def test_a_councillor_flags_a_reading_and_the_label_stays_until_an_officer_judges(client, officer, councillor, pages):
    client.force_login(councillor)
    assert client.post(pages["text"], {"flag": "1", "reason": " "}).context["form"].errors == {
        "reason": ["This field is required."]
    }
    for reason in ("Sarcasm", "It is sarcasm"):
        assert client.post(pages["text"], {"flag": "1", "reason": reason}).status_code == 302
    flag = Flag.objects.get()
    assert (flag.reason, flag.flagged_by, flag.settled_at) == ("It is sarcasm", councillor, None)
    assert Feedback.objects.get().label == "neutral"
    client.force_login(officer)
    assert "It is sarcasm" in client.get(pages["text"]).content.decode()
    assert client.post(pages["text"], {"flag": "1", "reason": "No"}).status_code == 403
    client.post(pages["text"], {"label": "negative", "reason": "So it is"})
    flag.refresh_from_db()
    assert flag.settled_at == Correction.objects.get().corrected_at
    assert "It is sarcasm" not in client.get(pages["text"]).content.decode()


def read_by_machine(feedback, p, label, reader="deep-1"):
    """A reading as the worker leaves it."""
    names = ("p_negative", "p_neutral", "p_positive")
    Feedback.objects.filter(pk=feedback.pk).update(read_as=label, read_by=reader)
    return Reading.objects.create(
        feedback=feedback,
        reader=reader,
        text_hash=feedback.text_hash,
        tone=p and p[2] - p[0],
        label=label,
        because=[{"start": 2, "end": 6, "weight": -0.5, "rule": "left out"}],
        read_at=timezone.now(),
        **dict(zip(names, p, strict=True)),
    )


def words_of(page):
    return " ".join(re.sub("<[^>]*>", " ", page.content.decode()).split())


def test_a_page_says_in_words_and_numbers_how_sure_the_machine_is_and_why(client, councillor, ward, pages):
    feedback = Feedback.objects.get()
    read_by_machine(feedback, (0.85, 0.1, 0.05), "negative")
    client.force_login(councillor)
    said = words_of(client.get(pages["text"]))
    for words in (
        "The machine read Negative . In its judgement that is highly likely: 85 in 100.",
        "Tone is how a text sounds. It never says who is for or against something.",
        "If a person decides otherwise, that is shown and counted instead.",
        "Negative highly likely 85 Neutral highly unlikely 10 Positive a remote chance 5",
        "text -0.50 how the tone would change without this word",
        "Read by the deep reader, a small neural network. Version: deep-1",
    ):
        assert words in said


@pytest.mark.parametrize(("spans", "light"), [(10, 0), (11, 3), (30, 22)])
def test_of_many_words_behind_a_tone_the_heaviest_come_first_and_the_rest_waits(
    client, councillor, ward, say, spans, light
):
    feedback = say(" ".join(f"word{number:02}" for number in range(spans)))
    reading = read_by_machine(feedback, (0.85, 0.1, 0.05), "negative")
    # The last word weighs most, and signs alternate: a word that raised the tone may be as heavy as one that lowered it.
    reading.because = [
        {"start": 7 * n, "end": 7 * n + 6, "weight": (n + 1) / 100 * (-1) ** n, "rule": "left out"}
        for n in range(spans)
    ]
    reading.save()
    client.force_login(councillor)
    page = client.get(reverse("dashboards:text", args=[ward.slug, feedback.pk]))
    content = page.content.decode()
    shown, _, behind = content.partition('<details class="govuk-details">')
    shown = shown[shown.index("wm-because") :]
    rows = [re.findall(r"<td[^>]*><mark[^>]*>(word\d\d)</mark></td>", part) for part in (shown, behind)]
    order = [f"word{number:02}" for number in reversed(range(spans))]
    assert rows == [order[: spans - light], order[spans - light :]]
    assert (f"Show the {light} other words" in content) is bool(light)
    text = content[content.index("<blockquote") : content.index("</blockquote>")]
    assert text.count("<mark") == spans
    assert re.findall(r"wm-tone--light\">(word\d\d)", text) == sorted(order[spans - light :])


def test_a_page_says_that_the_machine_is_unsure(client, officer, pages):
    read_by_machine(Feedback.objects.get(), (0.46, 0.1, 0.44), "unsure")
    client.force_login(officer)
    said = words_of(client.get(pages["text"]))
    assert "The machine is unsure : the two likeliest tones are about as likely as each other" in said
    assert "Negative a realistic possibility 46" in said


def test_no_page_loads_a_reader(client, officer, pages, count, monkeypatch):
    """A process that serves pages must not hold the network's weights."""

    def refuse(tier):
        raise AssertionError(f"the {tier} reader was loaded")

    count()
    monkeypatch.setattr(tone, "_reader", refuse)
    client.force_login(officer)
    for name in ("index", "check"):
        assert client.get(reverse(f"dashboards:{name}")).status_code == 200
    assert [client.get(address).status_code for address in pages.values()] == [200, 200, 200]
    assert client.get(reverse("sentiment:reading")).status_code == 200
    assert client.post(pages["text"], {"label": "negative", "reason": "Sarcasm"}).status_code == 302


@pytest.fixture
def read_texts(say):
    """Five texts read lately, and others that are not drawn from: a post, a Welsh one, an old one and one of today."""
    for number in range(5):
        say(f"Answer {number}", read_as="neutral")
    say("Post", kind=FeedbackKind.POST, read_as="neutral")
    say("Diolch", read_as="unread", language="cy")
    say("Old", read_as="neutral", said_at=timezone.now() - timedelta(days=30))
    say("Today", read_as="neutral", said_at=timezone.now())


def test_an_officer_judges_the_days_texts_without_seeing_what_the_machine_said(client, officer, read_texts):
    client.force_login(officer)
    address = reverse("dashboards:check")
    judged = []
    for done in range(5):
        page = client.get(address)
        sample = page.context["sample"]
        assert (sample.checked, sample.of) == (done, 5)
        assert "how it was read" not in page.content.decode()
        judged.append(sample.next.text)
        label = "negative" if done == 0 else "neutral"
        assert client.post(address, {"feedback": sample.next.pk, "label": label}).status_code == 302
    assert sorted(judged) == [f"Answer {number}" for number in range(5)]
    assert client.get(address).context["sample"].next is None
    rows = Correction.objects.order_by("pk").values_list("label", "reason", "is_random_check", "corrected_by")
    assert list(rows) == [("negative", "checked", True, officer.pk)] + [("neutral", "checked", True, officer.pk)] * 4
    assert Feedback.objects.filter(label="negative").count() == 1


def test_the_draw_is_the_same_for_everybody_all_day_and_another_the_next(officer, say, monkeypatch):
    pks = {say(f"Answer {number}", read_as="neutral").pk for number in range(9)}
    monkeypatch.setattr(sentiment_queries, "CHECKS_A_DAY", 3)
    days = [timezone.localdate() + timedelta(days=day) for day in range(10)]
    draws = [sentiment_queries.drawn_to_check(day) for day in days]
    assert draws == [sentiment_queries.drawn_to_check(day) for day in days]
    assert {pk for draw in draws for pk in draw} <= pks
    assert len({tuple(draw) for draw in draws}) > 5


def test_a_text_that_was_not_drawn_cannot_be_checked_and_a_blank_answer_asks_again(client, officer, read_texts):
    client.force_login(officer)
    address = reverse("dashboards:check")
    other = Feedback.objects.get(text="Today")
    client.post(address, {"feedback": other.pk, "label": "negative"})
    page = client.post(address, {"feedback": client.get(address).context["sample"].next.pk})
    assert page.context["form"].errors == {"label": ["This field is required."]}
    assert Correction.objects.count() == 0


@pytest.mark.parametrize(("checked", "said"), [(FEWEST_CHECKS - 1, None), (FEWEST_CHECKS, (15, 20))])
def test_officers_see_how_often_the_machine_read_as_they_did_from_twenty_random_checks_on(
    client, officer, say, checked, said
):
    for number in range(checked):
        feedback = say(f"Answer {number}", read_as="neutral" if number < 15 else "positive")
        values = {"feedback": feedback, "corrected_by": officer, "is_random_check": True}
        check_made(**values, label="negative", days_ago=2)  # thought better of a day later
        check_made(**values, label="neutral", days_ago=1)
    check_made(feedback=say("Noticed", read_as="positive"), label="negative", corrected_by=officer)
    changed = say("Changed since", read_as="positive")
    check_made(feedback=changed, label="negative", corrected_by=officer, is_random_check=True)
    Feedback.objects.filter(pk=changed.pk).update(text_hash="0" * 64)
    client.force_login(officer)
    found = client.get(reverse("dashboards:index")).context["checked"].same
    assert (found and (found.n, found.of)) == said


@pytest.mark.parametrize("texts", [FEWEST_JUDGED_TWICE - 1, FEWEST_JUDGED_TWICE])
def test_officers_see_how_far_they_agree_with_each_other_and_with_the_machine_once_enough_was_judged_twice(
    client, officer, make_user, say, texts
):
    other = make_user(email="other@council.example")
    for number in range(texts):
        feedback = say(f"Answer {number}", read_as=("negative", "positive", "neutral")[number % 3])
        person = ("negative", "positive")[number % 2]
        for judge in (officer, other):
            check_made(feedback=feedback, label=person, corrected_by=judge, is_random_check=True)
    check_made(feedback=say("Once", read_as="neutral"), label="neutral", corrected_by=other, is_random_check=True)
    client.force_login(officer)
    officers, machine = client.get(reverse("dashboards:index")).context["agreements"]
    if texts < FEWEST_JUDGED_TWICE:
        assert officers == (
            "Officers compared with each other: too few to say. So far 80 texts were judged twice; 81 are needed."
        )
    else:
        assert officers == (
            "Officers compared with each other: alpha 1.00, between 1.00 and 1.00, from 81 texts judged twice. "
            "That is firm: such judgements can be relied on."
        )
    assert re.fullmatch(
        r"The machine compared with officers: alpha −?0\.\d\d, between −0\.\d\d and 0\.\d\d, from \d\d texts judged "
        r"twice\. That is too little to rely on: take the tones as hints\.",
        machine,
    )


@pytest.mark.parametrize(
    ("alpha", "says"), [(0.8, "firm"), (0.799, "cautious"), (0.667, "cautious"), (0.666, "too little")]
)
def test_what_an_agreement_is_good_for_follows_krippendorffs_bounds(alpha, says):
    assert says in good_for(alpha)


def test_judgements_that_are_all_one_tone_tell_nothing_of_agreement(client, officer, say):
    for number in range(FEWEST_JUDGED_TWICE):
        feedback = say(f"Answer {number}", read_as="neutral")
        check_made(feedback=feedback, label="neutral", corrected_by=officer, is_random_check=True)
    client.force_login(officer)
    assert client.get(reverse("dashboards:index")).context["agreements"][1] == (
        "The machine compared with officers: nothing to tell. All 81 texts were given one and the same tone."
    )


def check_made(*, feedback, days_ago=0, **fields):
    return Correction.objects.create(
        feedback=feedback,
        text_hash=feedback.text_hash,
        reason="checked",
        corrected_at=timezone.now() - timedelta(days=days_ago),
        **fields,
    )


def test_only_officers_check(client, councillor, resident):
    address = reverse("dashboards:check")
    assert client.get(address).status_code == 302
    for user in (councillor, resident):
        client.force_login(user)
        assert client.get(address).status_code == 403


def test_what_is_heard_and_what_fails_is_said(client, councillor, ward, make_ward):
    values = {"purpose": "p", "basis": LawfulBasis.PUBLIC_TASK, "dpia_url": "https://c.example/d", "is_on": True}
    Source.objects.create(name="Lantern", address="https://a.example/", state="failing", error="Broken", **values)
    Source.objects.create(name="Elsewhere", address="https://b.example/", ward=make_ward(), **values)
    client.force_login(councillor)
    page = client.get(reverse("dashboards:ward", args=[ward.slug])).content.decode()
    assert "Lantern: cannot be read at the moment (Broken)" in page
    assert "Elsewhere" not in page
    assert "not what the ward thinks" in page


def test_pages_cost_the_same_queries_for_one_and_for_three_of_everything(
    client, officer, ward, make_ward, say, count, django_assert_max_num_queries
):
    client.force_login(officer)
    addresses = [
        reverse("dashboards:index"),
        reverse("dashboards:check"),
        *(reverse(f"dashboards:{name}", args=[ward.slug]) for name in ("ward", "said")),
    ]

    def cost():
        counts = []
        for address in addresses:
            with django_assert_max_num_queries(60) as captured:
                assert client.get(address).status_code == 200
            counts.append(len(captured))
        return counts

    say("The bus shelter leaks every morning on all of us.", read_as="negative")
    count()
    cost()
    once = cost()
    for number in range(2):
        make_ward()
        say(f"A bus shelter was mended by number {number} and we are glad.", label="positive")
    count()
    assert cost() == once


def test_public_results_hold_counts_and_not_a_word(client, ward, say, count, site):
    for number in range(12):
        say(f"CANARY private words {number} about the bus shelter", about="CANARY matter", label="positive")
    say("CANARY question", kind=FeedbackKind.PUBLIC_QUESTION)
    say("CANARY this week", said_at=timezone.now())
    count()
    for address in (reverse("dashboards:public_ward", args=[ward.slug]), reverse("wards:ward", args=[ward.slug])):
        page = client.get(address)
        assert page.status_code == 200
        assert "CANARY" not in page.content.decode()
    results = client.get(reverse("dashboards:public_ward", args=[ward.slug])).context["results"]
    assert dict(results.kinds) == {"answer": None, "question": None, "post": 0}


def test_a_ward_never_counted_has_no_public_results(client, ward):
    assert client.get(reverse("dashboards:public_ward", args=[ward.slug])).context["results"] is None
    assert WardSummary.objects.count() == 0
