import csv
import subprocess
import sys
import tracemalloc
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from sentiment.nlp.analyse import analyse_file, main, terminal_table
from sentiment.nlp.table import TableError
from sentiment.nlp.tone import read

ROOT = Path(__file__).resolve().parents[3]

COMMENTS = [
    ("Gipping", "The new crossing is wonderful, thank you."),
    ("GIPPING ", "The new crossing is dangerous after dark!"),
    ("Gipping", "The crossing opens on Monday."),
    ("St John's", "Mae'r parc newydd yn hyfryd iawn."),
    ("St John's", "Bins go out on Tuesdays <script>alert(1)</script>"),
    ("", "=cmd|' /C calc'!A0 what a terrible mess"),
    ("Gipping", "   "),
]


def export(path: Path, rows: list[tuple[str, str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([("Ward", "Comment"), *rows])
    return path


def lines_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_comments_are_counted_by_ward_whatever_the_case_of_its_name(tmp_path):
    report = analyse_file(export(tmp_path / "a.csv", COMMENTS), "comment", "ward")

    assert [(ward.name, ward.counts) for ward in report.wards] == [
        ("Gipping", {"negative": 1, "neutral": 1, "positive": 1, "unsure": 0, "unread": 0}),
        ("St John's", {"negative": 0, "neutral": 1, "positive": 0, "unsure": 0, "unread": 1}),
        ("No ward given", {"negative": 1, "neutral": 0, "positive": 0, "unsure": 0, "unread": 0}),
    ]
    assert report.overall.total == 6
    assert report.blank == 1
    tones = [read(text).tone for ward, text in COMMENTS[:3]]
    assert report.wards[0].mean == pytest.approx(sum(tone for tone in tones if tone is not None) / 3)
    assert ("crossing", 3) in [(phrase.text, phrase.count) for phrase in report.wards[0].phrases]


def test_out_holds_every_reading_the_wards_and_the_page(tmp_path):
    out = tmp_path / "new" / "out"
    analyse_file(export(tmp_path / "a.csv", COMMENTS), "comment", "ward", out)

    assert sorted(path.name for path in out.iterdir()) == ["readings.csv", "report.html", "wards.csv"]
    readings = lines_of(out / "readings.csv")
    assert [(line["row"], line["ward"], line["label"]) for line in readings] == [
        ("2", "Gipping", "positive"),
        ("3", "Gipping", "negative"),
        ("4", "Gipping", "neutral"),
        ("5", "St John's", "unread"),
        ("6", "St John's", "neutral"),
        ("7", "No ward given", "negative"),
    ]
    assert readings[5]["comment"] == "'=cmd|' /C calc'!A0 what a terrible mess"
    wards = lines_of(out / "wards.csv")
    assert [(line["ward"], line["comments"], line["unread"]) for line in wards] == [
        ("Gipping", "3", "0"),
        ("St John's", "2", "1"),
        ("No ward given", "1", "0"),
        ("All wards", "6", "1"),
    ]


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_the_page_stands_alone_and_shows_peoples_words_as_text(tmp_path):
    analyse_file(export(tmp_path / "<b>a.csv", COMMENTS), "comment", "ward", tmp_path / "out")
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    page = Elements()
    page.feed(html)
    tags = [tag for tag, _ in page.found]

    assert tags.count("h1") == 1
    assert not {"script", "link", "img", "iframe", "b"} & set(tags)
    assert "//" not in html
    assert "&lt;script&gt;" in html
    assert tags.count("svg") == 3
    assert tags.count("table") == 3
    ids = [attributes["id"] for _, attributes in page.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert ("p", {"lang": "cy"}) in page.found
    assert "For the council’s own use." in html
    assert "Fewer than 10 comments" in html


def many(ward: str, count: int, text: str) -> list[tuple[str, str]]:
    return [(ward, f"{text} {number}") for number in range(count)]


def test_public_hides_small_numbers_and_everybodys_words(tmp_path):
    rows = [*many("Gipping", 40, "The park is lovely"), *many("Rushmere", 15, "The road is awful")]
    rows += [*many("Rushmere", 12, "The road is closed"), *many("Sprites", 4, "Secret matters at number")]
    analyse_file(export(tmp_path / "a.csv", rows), "comment", "ward", tmp_path / "out", public=True)

    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.html", "wards.csv"]
    wards = {line["ward"]: line for line in lines_of(tmp_path / "out" / "wards.csv")}
    assert [wards["Sprites"][name] for name in ("comments", "negative", "mean_tone")] == ["[c]"] * 3
    assert wards["Rushmere"]["comments"] == "[c]"
    assert (wards["Gipping"]["comments"], wards["Gipping"]["positive"]) == ("40", "40")
    assert wards["All wards"]["comments"] == "71"
    html = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Made for publication." in html
    assert "Secret" not in html
    assert "blockquote>" not in html


def test_public_refuses_a_folder_that_holds_everybodys_words(tmp_path):
    path = export(tmp_path / "a.csv", COMMENTS)
    analyse_file(path, "comment", "ward", tmp_path / "out")

    with pytest.raises(TableError, match=r"readings\.csv"):
        analyse_file(path, "comment", "ward", tmp_path / "out", public=True)


def test_a_workbook_gives_the_same_figures_as_its_csv(tmp_path):
    workbook = openpyxl.Workbook()
    for row in [("Ward", "Comment"), *((ward, text.replace("=cmd", "cmd")) for ward, text in COMMENTS)]:
        workbook.active.append(row)
    workbook.save(tmp_path / "a.xlsx")
    rows = [(ward, text.replace("=cmd", "cmd")) for ward, text in COMMENTS]

    from_workbook = analyse_file(tmp_path / "a.xlsx", "Comment", "Ward")
    assert from_workbook == analyse_file(export(tmp_path / "a.csv", rows, "cp1252"), "Comment", "Ward")


def test_a_column_that_cannot_be_wards_is_refused_and_nothing_is_written(tmp_path):
    path = export(tmp_path / "a.csv", [(f"Street {number}", "fine") for number in range(500)])

    with pytest.raises(TableError, match="“ward” holds more than 400 different values"):
        analyse_file(path, "comment", "ward", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_an_export_without_comments_is_told_plainly(tmp_path):
    report = analyse_file(export(tmp_path / "a.csv", [("Gipping", "")]), "comment", "ward", tmp_path / "out")

    assert report.wards == ()
    assert "No comments were found" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "1 rows had no comment" in terminal_table(report)


def test_many_rows_take_no_more_memory_than_their_sample(tmp_path):
    texts = [
        f"The {thing} on the hill is {feeling} again" for thing in ("light", "bin") for feeling in ("bad", "fine")
    ]
    path = export(tmp_path / "a.csv", [(f"Ward {n % 4}", f"{texts[n % 4]} {n}") for n in range(2_000)])
    analyse_file(export(tmp_path / "warm.csv", COMMENTS), "comment", "ward")
    tracemalloc.start()
    try:
        report = analyse_file(path, "comment", "ward", tmp_path / "out")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert report.overall.total == 2_000
    assert len(report.wards[0].sample) == 300
    assert peak < 60_000_000
    assert len(lines_of(tmp_path / "out" / "readings.csv")) == 2_000


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sentiment.nlp.analyse", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, cwd=ROOT, check=False, encoding="utf-8")


def test_the_command_prints_a_table_on_stdout_and_plain_progress_on_stderr(tmp_path):
    done = run(
        export(tmp_path / "a.csv", COMMENTS * 200), "--text", "comment", "--ward", "ward", "--out", tmp_path / "o"
    )

    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert lines[0].split()[:7] == ["Ward", "Comments", "Negative", "Neutral", "Positive", "Unsure", "Unread"]
    assert lines[2].split()[:7] == ["Gipping", "600", "200", "200", "200", "0", "0"]
    assert lines[-1].endswith("readings.csv, wards.csv, report.html")
    assert "rows read" in done.stderr
    assert "\r" not in done.stderr


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [
        (
            ["--text", "answer", "--ward", "ward"],
            "There is no column “answer”. The columns found are: “Ward”, “Comment”.",
        ),
        (["--text", "comment", "--ward", "ward", "--question", "q"], "There is no column “q”."),
    ],
)
def test_a_missing_column_ends_with_exit_code_1_and_the_columns_found(tmp_path, capsys, columns, complaint):
    path = export(tmp_path / "a.csv", COMMENTS)

    assert main([str(path), *columns]) == 1
    assert complaint in capsys.readouterr().err


def test_a_missing_file_ends_with_exit_code_1(tmp_path, capsys):
    assert main([str(tmp_path / "none.csv"), "--text", "a", "--ward", "b"]) == 1
    assert "No such file" in capsys.readouterr().err


def test_lines_are_cut_to_the_terminal(tmp_path):
    report = analyse_file(export(tmp_path / "a.csv", COMMENTS), "comment", "ward")

    assert max(len(line) for line in terminal_table(report, 60).splitlines()[:6]) <= 60
