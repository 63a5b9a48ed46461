import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.nlp.language import detect


@pytest.mark.parametrize(
    "text",
    [
        "Diolch",
        "Diolch yn fawr!",
        "Da iawn",
        "Dim byd",
        "Mae'r llwybr beicio newydd yn wych ond mae angen mwy o oleuadau.",
        "MAE ANGEN MWY O FINIAU SBWRIEL YN Y PARC",
        "Mae’r bws yn hwyr bob bore a does neb yn gwrando https://example.org/great-park @council",
    ],
)
def test_welsh_is_told_apart(text):
    assert detect(text) == "cy"


@pytest.mark.parametrize(
    "text",
    [
        *("", "  ", "ok", "N/A", "No.", "none", "12345", "❤️", "\ud800", "Faster", "Brilliant staff.", "da"),
        "I walk along Ffordd Penarth every day and the pavement is broken.",
        "The bus to Llandaf is late every morning",
        "More bins please",
    ],
)
def test_english_and_doubtful_texts_are_english(text):
    assert detect(text) == "en"


def test_a_long_text_is_judged_by_its_beginning():
    assert detect("Mae'r parc yn hyfryd. " * 60 + "The park is lovely. " * 500) == "cy"


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.characters(), max_size=200))
def test_any_string_has_a_language(text):
    assert detect(text) in ("en", "cy")
