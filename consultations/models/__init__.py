"""Consultation pages, the responses to them, and what the fairness check of a consultation needs."""

from consultations.models.batches import Batch
from consultations.models.counts import ResponseCounts
from consultations.models.drafts import Draft, DraftReminder
from consultations.models.equality import EqualitySlip, EqualityTally
from consultations.models.fairness import CouncilPeriod, FairnessSettings, FindingSetAside
from consultations.models.identity import CodeBatch, Confirmation, OneTimeCode, Respondent
from consultations.models.imports import ImportedRow, ImportFile, ImportMapping
from consultations.models.pages import ConsultationIndexPage, ConsultationPage
from consultations.models.responses import Answer, Response, ResponseVersion, SecondEntry
from consultations.models.saved import QuestionSet
from consultations.models.sign_off import FairnessSignOffTask
from consultations.models.topics import Topic
from consultations.models.uploads import Upload
from consultations.models.watching import PatternReport

__all__ = [
    "Answer",
    "Batch",
    "CodeBatch",
    "Confirmation",
    "ConsultationIndexPage",
    "ConsultationPage",
    "CouncilPeriod",
    "Draft",
    "DraftReminder",
    "EqualitySlip",
    "EqualityTally",
    "FairnessSettings",
    "FairnessSignOffTask",
    "FindingSetAside",
    "ImportFile",
    "ImportMapping",
    "ImportedRow",
    "OneTimeCode",
    "PatternReport",
    "QuestionSet",
    "Respondent",
    "Response",
    "ResponseCounts",
    "ResponseVersion",
    "SecondEntry",
    "Topic",
    "Upload",
]
