import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sentiment.nlp.exports import ReadingsFile, safe_cell, written_whole
from sentiment.nlp.table import Row
from sentiment.nlp.tone import read, reader_version


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+44 1473",
        "-5",
        "@SUM(A1)",
        "\t=1",
        "\rx",
        "\x00x",
        "  =1",
        "\u00a0@x",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\n=1",
    ],
)
def test_what_could_start_a_formula_gets_an_apostrophe(cell):
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", " ", "The bus = late", "'=1", "5-a-side", "“=1”", "é"])
def test_other_cells_stay_as_they_are(cell):
    assert safe_cell(cell) == cell


@given(st.text(st.characters(), max_size=20))
def test_no_cell_starts_a_formula(text):
    assert safe_cell(text).lstrip(" \u00a0\u3000\ufeff")[:1] not in set("=+-@\t\r\n\x00＝＋－＠")


def test_a_reading_is_a_line_with_the_words_behind_it():
    file = io.StringIO()
    text = "-Not good!!"
    reading = read(text)
    assert reading.tone is not None
    assert reading.tone < -0.1
    nay, good = (f"{reason.weight:+.2f}" for reason in reading.because)
    ReadingsFile(file).add(Row(7, text, "@Gipping", "=Why?"), "@Gipping", text, reading)

    header, line = csv.reader(io.StringIO(file.getvalue()))
    assert dict(zip(header, line, strict=True)) == {
        "row": "7",
        "ward": "'@Gipping",
        "question": "'=Why?",
        "comment": "'-Not good!!",
        "label": "negative",
        "tone": str(reading.tone),
        "language": "en",
        "because": f"Not ({nay}); good ({good})",
        "reader": reader_version(),
    }


def test_a_file_that_breaks_off_leaves_nothing_and_keeps_the_old_one(tmp_path):
    path = tmp_path / "wards.csv"
    path.write_text("old", encoding="utf-8")

    def break_off() -> None:
        with written_whole(path) as file:
            file.write("half of")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        break_off()

    assert [each.name for each in tmp_path.iterdir()] == ["wards.csv"]
    assert path.read_text(encoding="utf-8") == "old"
