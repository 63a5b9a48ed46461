import tracemalloc
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from sentiment.nlp.table import Row, Table, TableError

ROWS = [
    Row(2, "The crossing is fine", "Gipping", ""),
    Row(3, "Café noise, and “bins”", "St John's", ""),
]


def written(path: Path, content: str, encoding: str) -> Path:
    path.write_bytes(content.encode(encoding))
    return path


def rows_of(path: Path, **columns: str) -> list[Row]:
    return list(Table(path, **{"text": "comment", "ward": "ward", **columns}).rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_found_out(tmp_path, encoding, delimiter):
    lines = [
        ["id", "Comment ", "WARD"],
        ["1", "The crossing is fine", "Gipping"],
        ["2", "Café noise, and “bins”", "St John's"],
    ]
    content = "\r\n".join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)

    assert rows_of(written(tmp_path / "export.csv", content, encoding)) == ROWS


def test_a_workbook_is_read_like_a_csv_file(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["About this export"])
    sheet = workbook.create_sheet("Answers")
    sheet.append(["When", "comment", "ward", "asked"])
    sheet.append([date(2026, 3, 1), "More bins", 7, "What else?"])
    sheet.append([None, None, None, None])
    sheet.append(["x", 4.0, None])
    workbook.save(tmp_path / "export.xlsx")

    assert rows_of(tmp_path / "export.xlsx", question="asked") == [
        Row(2, "More bins", "7", "What else?"),
        Row(4, "4", "", ""),
    ]


def test_cells_may_hold_line_breaks_and_rows_may_be_ragged(tmp_path):
    content = 'comment,ward,extra\n"two\nlines",Gipping\n\nshort\u2028er\nlong,Rushmere,x,y,z\n , \n'

    assert rows_of(written(tmp_path / "a.csv", content, "utf-8")) == [
        Row(2, "two\nlines", "Gipping", ""),
        Row(4, "short\u2028er", "", ""),
        Row(5, "long", "Rushmere", ""),
    ]


def test_an_export_with_a_header_only_has_no_rows(tmp_path):
    assert rows_of(written(tmp_path / "a.csv", "comment,ward\n", "utf-8")) == []


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "The file is empty."),
        (b"\n", "There is no column “comment” and no column “ward”. The columns found are: none."),
        (b"Comments,Ward\nx,y", "There is no column “comment”. The columns found are: “Comments”, “Ward”."),
        (b"comment,ward,Comment ,comment\n", "There is more than one column “comment”. The columns found are: "),
        (b"\xd0\xcf\x11\xe0 old", "This is an old Excel file (.xls)."),
        (b"PK\x03\x04 not a zip", "The file looks like .xlsx but is damaged."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_plain_words(tmp_path, content, message):
    path = tmp_path / "export"
    path.write_bytes(content)

    with pytest.raises(TableError) as refusal:
        Table(path, text="comment", ward="ward")
    assert str(refusal.value).startswith(message)


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "This is not an .xlsx workbook."),
        ({"xl/workbook.xml": "<broken"}, "The workbook is damaged"),
    ],
)
def test_a_zip_that_is_no_workbook_is_refused(tmp_path, parts, message):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)

    with pytest.raises(TableError, match=message):
        Table(tmp_path / "a.xlsx", text="comment", ward="ward")


def test_a_workbook_without_the_column_names_those_it_has(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active.append(["Answer", "Area"])
    workbook.save(tmp_path / "a.xlsx")

    with pytest.raises(TableError, match=r"no column “comment” and no column “ward”.*“Answer”, “Area”"):
        Table(tmp_path / "a.xlsx", text="comment", ward="ward")


def test_a_quotation_mark_that_never_closes_is_reported_by_line(tmp_path):
    path = written(tmp_path / "a.csv", 'comment,ward\nfine,A\n"open,B\n' + "many words here,C\n" * 80_000, "utf-8")

    with pytest.raises(TableError, match="cannot be read past line"):
        rows_of(path)


def test_a_file_can_be_read_twice_and_tells_how_far_it_is(tmp_path):
    path = written(tmp_path / "a.csv", "comment,ward\n" + "fine,Gipping\n" * 5_000, "utf-8")
    table = Table(path, text="comment", ward="ward")

    seen = [table.done for _ in table.rows()]

    assert seen == sorted(seen)
    assert 0 < seen[2_500] < 1
    assert table.done == 1.0
    assert len(list(table.rows())) == 5_000


def test_a_large_file_is_read_in_constant_memory(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("comment,ward\n")
        for number in range(40_000):
            file.write(f'"{number} the lights on the hill are out again and nobody has come to mend them",Gipping\n')
    tracemalloc.start()
    try:
        count = sum(1 for _ in Table(path, text="comment", ward="ward").rows())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert count == 40_000
    assert path.stat().st_size > 3_000_000
    assert peak < 1_500_000 + (1 << 21)  # two chunks of the encoding check, and little else
