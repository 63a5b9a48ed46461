import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from sentiment.nlp.encoder import MANIFEST_FILE, MODEL_FILE, MOST_PIECES, VOCABULARY_FILE, WEIGHTS, Encoder
from sentiment.nlp.readings import WeightsError


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load()


def a_copy(folder: Path) -> Path:
    for name in (MODEL_FILE, VOCABULARY_FILE, MANIFEST_FILE):
        shutil.copy(WEIGHTS / name, folder)
    return folder


def test_meaning_is_near_for_the_same_thing_said_otherwise(encoder: Encoder) -> None:
    near, also_near, far = encoder.embed(
        [
            "The bus comes only once an hour.",
            "There is just one bus every hour.",
            "Please plant more trees along the river.",
        ]
    )
    assert float(near @ also_near) > float(near @ far) + 0.3


def test_rows_have_length_one_and_a_text_without_words_has_nothing(encoder: Encoder) -> None:
    found = encoder.embed(["A bench by the pond", ""])
    assert found.shape == (2, 384)
    assert found.dtype == np.float32
    assert [round(float(np.linalg.norm(row)), 5) for row in found] == [1.0, 0.0]


def test_a_text_is_read_the_same_in_any_company(encoder: Encoder) -> None:
    text, others = "The lift is broken again.", ["Yes", "A much longer text about quite another thing " * 5]
    alone = encoder.embed([text])[0]
    assert np.array_equal(alone, encoder.embed([*others, text])[2])


def test_a_long_text_is_cut_at_the_ends_of_sentences_and_loses_no_word(encoder: Encoder) -> None:
    text = "We waited for forty minutes at the desk. " * 60
    passages = encoder.passages(text, "Why did you give that answer?")
    assert all(len(passage) <= MOST_PIECES for passage in passages)
    assert [word.start for passage in passages for word in passage.words] == [
        word.start for word in encoder.passages(text)[0].words
    ] + [word.start for passage in encoder.passages(text)[1:] for word in passage.words]
    assert all(text[passage.words[-1].start] == "." for passage in passages)


def test_who_somebody_is_has_no_meaning_of_its_own(encoder: Encoder) -> None:
    one, other = encoder.embed(["I am gay and use the library.", "I am a widow and use the library."])
    assert np.array_equal(one, other)


@pytest.mark.parametrize("name", [MODEL_FILE, VOCABULARY_FILE])
def test_a_damaged_file_is_named_and_not_run(tmp_path: Path, name: str) -> None:
    folder = a_copy(tmp_path)
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WeightsError, match=name):
        Encoder.load(folder)


@pytest.mark.parametrize("name", [MODEL_FILE, VOCABULARY_FILE, MANIFEST_FILE])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    folder = a_copy(tmp_path)
    (folder / name).unlink()
    with pytest.raises(WeightsError, match=name):
        Encoder.load(folder)


@pytest.mark.parametrize("manifest", ["", "[]", "{}", '{"sha256": 3}'])
def test_a_damaged_manifest_is_named(tmp_path: Path, manifest: str) -> None:
    folder = a_copy(tmp_path)
    (folder / MANIFEST_FILE).write_text(manifest)
    with pytest.raises(WeightsError, match=MANIFEST_FILE):
        Encoder.load(folder)


def test_a_model_that_is_no_model_is_refused_though_its_digest_fits(tmp_path: Path) -> None:
    import hashlib

    folder = a_copy(tmp_path)
    (folder / MODEL_FILE).write_bytes(b"no model")
    manifest = json.loads((folder / MANIFEST_FILE).read_text())
    manifest["sha256"][MODEL_FILE] = hashlib.sha256(b"no model").hexdigest()
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest))
    with pytest.raises(WeightsError, match=MODEL_FILE):
        Encoder.load(folder)
