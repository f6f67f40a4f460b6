"""An import writes its folder completely or not at all, and deletes nothing else."""

from pathlib import Path

import pytest

from eval.importers.folder import ARTICLES, QUESTIONS, new_folder
from eval.sets.question_set import Question, encode_questions, read_questions
from index.errors import BadRequest
from tests.eval.importers.imports import names

SET = [Question(id="q1", question="Why?", gold=[])]


def make(folder: Path, article: str = "new", overwrite: bool = False) -> None:
    with new_folder(folder, overwrite) as scratch:
        (scratch / ARTICLES / f"{article}.txt").write_text(article, encoding="utf-8")
        (scratch / QUESTIONS).write_bytes(encode_questions(SET))


@pytest.mark.parametrize("exists", [False, True])
def test_a_new_or_empty_folder_is_filled(tmp_path: Path, exists: bool) -> None:
    folder = tmp_path / "a" / "b"
    if exists:
        folder.mkdir(parents=True)
    make(folder)
    assert names(folder) == ["articles", "byline-import", "questions.jsonl"]
    assert read_questions(folder / "questions.jsonl") == SET
    assert names(tmp_path / "a") == ["b"]


def test_a_folder_with_files_is_not_written_to(tmp_path: Path) -> None:
    make(tmp_path / "made")
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    (tmp_path / "dangling").symlink_to("nowhere/at/all")
    with pytest.raises(BadRequest, match=r"made is not empty.*--overwrite"):
        make(tmp_path / "made", "other")
    with pytest.raises(BadRequest, match=r"file is a file"):
        make(tmp_path / "file", overwrite=True)
    assert names(tmp_path / "made" / "articles") == ["new.txt"]
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_a_folder_that_cannot_be_created_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadRequest, match="made cannot be created: "):
        make(tmp_path / "file" / "made")


def test_only_an_earlier_import_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "mine.txt").touch()
    with pytest.raises(BadRequest, match="was not made by an import"):
        make(tmp_path, overwrite=True)
    assert names(tmp_path / "articles") == ["mine.txt"]


def test_overwriting_replaces_articles_and_questions_and_keeps_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "made"
    make(folder, "old")
    (folder / "index").mkdir()
    make(folder, "new", overwrite=True)
    assert names(folder / "articles") == ["new.txt"]
    assert names(folder) == ["articles", "byline-import", "index", "questions.jsonl"]
    assert names(tmp_path) == ["made"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_failed_import_changes_nothing(tmp_path: Path, overwrite: bool) -> None:
    folder = tmp_path / "made"
    if overwrite:
        make(folder, "old")
    before = names(tmp_path)
    with pytest.raises(KeyboardInterrupt), new_folder(folder, overwrite) as scratch:
        (scratch / ARTICLES / "half.txt").touch()
        raise KeyboardInterrupt
    assert names(tmp_path) == before
    if overwrite:
        assert names(folder / "articles") == ["old.txt"]
