"""Questions are added to a set one at a time, and none is lost."""

from pathlib import Path
from threading import Thread

import pytest

from eval.sets.editing import add_question
from eval.sets.question_set import Question, read_questions
from index.errors import BadRequest

NEW = Question(id="new", question="Why?", gold=[])


def test_a_question_gets_the_next_free_number(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "my set.jsonl"
    assert [add_question(file, NEW).id for _ in range(2)] == ["my set-001", "my set-002"]
    first, *_ = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(first.replace(b"001", b"003") + first.replace(b"001", b"005"))
    assert [add_question(file, NEW).id for _ in range(2)] == ["my set-004", "my set-006"]
    assert [path.name for path in file.parent.iterdir()] == ["my set.jsonl"]


def test_a_link_to_a_set_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "set.jsonl").touch()
    (tmp_path / "link.jsonl").symlink_to("set.jsonl")
    add_question(tmp_path / "link.jsonl", NEW)
    assert (tmp_path / "link.jsonl").is_symlink()
    assert len(read_questions(tmp_path / "set.jsonl")) == 1


def test_a_file_that_is_not_a_set_is_not_changed(tmp_path: Path) -> None:
    file = tmp_path / "notes.jsonl"
    file.write_text("notes", encoding="utf-8")
    with pytest.raises(BadRequest, match="line 1: invalid question"):
        add_question(file, NEW)
    assert file.read_text(encoding="utf-8") == "notes"


def test_concurrent_additions_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"

    def add() -> None:
        for _ in range(10):
            add_question(file, NEW)

    threads = [Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_questions(file)) == 30
