"""The questions of equality monitoring: their words, their answers, and whose words they are. No database.

Wordings are those of the 2021 Census of England and Wales, which the harmonised standards of the Government Statistical
Service follow; where there is no standard, ``source`` says what the words rest on.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

NOT_SAID = "not_said"
"""The answer "prefer not to say", which every question has. Leaving it empty is no answer at all."""

CENSUS = _("2021 Census of England and Wales; harmonised standard of the Government Statistical Service")


@dataclass(frozen=True, slots=True)
class EqualityQuestion:
    """``is_special``: its answers are special category data (UK GDPR article 9)."""

    key: str
    name: str | Promise
    wording: str | Promise
    options: tuple[tuple[str, str | Promise], ...]
    source: str | Promise = CENSUS
    is_special: bool = False

    @property
    def choices(self) -> list[tuple[str, str | Promise]]:
        return [*self.options, (NOT_SAID, _("Prefer not to say"))]


QUESTIONS: tuple[EqualityQuestion, ...] = (
    EqualityQuestion(
        "age",
        _("Age band"),
        _("Which age group are you in?"),
        (
            ("0", _("Under 16")),
            ("16", _("16 to 24")),
            ("25", _("25 to 34")),
            ("35", _("35 to 44")),
            ("45", _("45 to 54")),
            ("55", _("55 to 64")),
            ("65", _("65 to 74")),
            ("75", _("75 to 84")),
            ("85", _("85 or over")),
        ),
        _("Ten-year bands as official statistics publish them; nobody is asked their exact age"),
    ),
    EqualityQuestion("sex", _("Sex"), _("What is your sex?"), (("female", _("Female")), ("male", _("Male")))),
    EqualityQuestion(
        "gender",
        _("Gender reassignment"),
        _("Is the gender you identify with the same as your sex registered at birth?"),
        (("same", _("Yes")), ("other", _("No"))),
        _("2021 Census of England and Wales. The harmonised standard is under review: check it before you ask this"),
    ),
    EqualityQuestion(
        "disability",
        _("Disability"),
        _(
            "Do you have any physical or mental health conditions or illnesses lasting or expected to last 12 months or "
            "more?"
        ),
        (
            ("lot", _("Yes, and they reduce my ability to carry out day-to-day activities a lot")),
            ("little", _("Yes, and they reduce my ability to carry out day-to-day activities a little")),
            ("not", _("Yes, but they do not reduce my ability to carry out day-to-day activities")),
            ("none", _("No")),
        ),
        _(
            "The two questions of the harmonised standard on long-lasting conditions and activity restriction, put as one"
        ),
        is_special=True,
    ),
    EqualityQuestion(
        "ethnicity",
        _("Ethnic group"),
        _("What is your ethnic group?"),
        (
            ("indian", _("Asian or Asian British: Indian")),
            ("pakistani", _("Asian or Asian British: Pakistani")),
            ("bangladeshi", _("Asian or Asian British: Bangladeshi")),
            ("chinese", _("Asian or Asian British: Chinese")),
            ("asian", _("Any other Asian background")),
            ("caribbean", _("Black, Black British, Caribbean or African: Caribbean")),
            ("african", _("Black, Black British, Caribbean or African: African background")),
            ("black", _("Any other Black, Black British or Caribbean background")),
            ("white_caribbean", _("Mixed or multiple ethnic groups: White and Black Caribbean")),
            ("white_african", _("Mixed or multiple ethnic groups: White and Black African")),
            ("white_asian", _("Mixed or multiple ethnic groups: White and Asian")),
            ("mixed", _("Any other Mixed or multiple background")),
            ("british", _("White: English, Welsh, Scottish, Northern Irish or British")),
            ("irish", _("White: Irish")),
            ("traveller", _("White: Gypsy or Irish Traveller")),
            ("roma", _("White: Roma")),
            ("white", _("Any other White background")),
            ("arab", _("Arab")),
            ("other", _("Any other ethnic group")),
        ),
        is_special=True,
    ),
    EqualityQuestion(
        "religion",
        _("Religion"),
        _("What is your religion?"),
        (
            ("none", _("No religion")),
            ("christian", _("Christian (all denominations)")),
            ("buddhist", _("Buddhist")),
            ("hindu", _("Hindu")),
            ("jewish", _("Jewish")),
            ("muslim", _("Muslim")),
            ("sikh", _("Sikh")),
            ("other", _("Any other religion")),
        ),
        is_special=True,
    ),
    EqualityQuestion(
        "orientation",
        _("Sexual orientation"),
        _("Which of the following best describes your sexual orientation?"),
        (
            ("straight", _("Straight or Heterosexual")),
            ("gay", _("Gay or Lesbian")),
            ("bisexual", _("Bisexual")),
            ("other", _("Other sexual orientation")),
        ),
        is_special=True,
    ),
    EqualityQuestion(
        "maternity",
        _("Pregnancy and maternity"),
        _("Are you pregnant, or have you given birth in the last 26 weeks?"),
        (("yes", _("Yes")), ("no", _("No"))),
        _("No harmonised standard; the 26 weeks are those of the Equality Act 2010, section 17"),
        is_special=True,
    ),
    EqualityQuestion(
        "marriage",
        _("Marriage and civil partnership"),
        _("What is your legal marital or registered civil partnership status?"),
        (
            ("never", _("Never married and never registered a civil partnership")),
            ("married", _("Married")),
            ("partner", _("In a registered civil partnership")),
            ("separated", _("Separated, but still legally married")),
            ("partner_separated", _("Separated, but still legally in a civil partnership")),
            ("divorced", _("Divorced")),
            ("dissolved", _("Formerly in a civil partnership which is now legally dissolved")),
            ("widowed", _("Widowed")),
            ("surviving", _("Surviving partner from a registered civil partnership")),
        ),
    ),
    EqualityQuestion(
        "caring",
        _("Caring for somebody"),
        _(
            "Do you look after, or give any help or support to, anyone because they have long-term physical or mental "
            "health conditions or illnesses, or problems related to old age?"
        ),
        (
            ("no", _("No")),
            ("9", _("Yes, 9 hours a week or less")),
            ("19", _("Yes, 10 to 19 hours a week")),
            ("34", _("Yes, 20 to 34 hours a week")),
            ("49", _("Yes, 35 to 49 hours a week")),
            ("50", _("Yes, 50 or more hours a week")),
        ),
    ),
)

BY_KEY = {question.key: question for question in QUESTIONS}
