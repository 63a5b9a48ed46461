"""Kinds of question: each has all its parts."""

from consultations.enums import QuestionKind
from consultations.kinds import KINDS
from consultations.kinds.blocks import QuestionsBlock


def test_every_kind_has_a_class_and_a_block_and_no_other_is_there():
    assert set(KINDS) == set(QuestionKind)
    assert set(QuestionsBlock.base_blocks) == set(QuestionKind.values)
