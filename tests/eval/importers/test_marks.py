"""The marks of the chat become a set with portable paths."""

from pathlib import Path

import pytest

from eval.importers.marks import import_marks
from eval.sets.gold import bases_of, check_gold
from eval.sets.question_set import Gold, Question, read_questions
from index.articles.files import Root
from index.disk.json_lines import encode_line
from index.errors import BadRequest

PORT = "Port\n\nThe port is closed.\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Articles next to the set, in an indexed folder, and elsewhere."""
    for name in ("sets/here.txt", "news/a/port.txt", "else/port.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(PORT, encoding="utf-8")
    return tmp_path


def mark(home: Path, *questions: Question) -> Path:
    file = home / "marks.jsonl"
    lines = "".join(f"{encode_line(one)}\n" for one in questions)
    file.write_text(lines, encoding="ascii")
    return file


def gold(home: Path, name: str, words: str = "closed") -> Gold:
    return Gold(str(home / name), 3, [words])


def test_paths_become_portable_where_possible(home: Path) -> None:
    names = ("sets/here.txt", "news/a/port.txt", "else/port.txt")
    right = Question(id="a", question="Why?", gold=[gold(home, name) for name in names])
    wrong = Question(
        id="b", question="Who?", gold=[], rejected=[gold(home, names[1])], is_gold_known=False
    )
    silent = Question(id="c", question="When?", gold=[], tags=["marked-right"])
    roots = [Root("news", str(home / "news"))]
    out = home / "sets" / "mine.jsonl"
    result = import_marks(mark(home, right, wrong, silent), out, roots)
    assert (result.articles, result.questions, result.unanswerable) == (3, 3, 1)
    first, second, third = questions = read_questions(out)
    assert [one.path for one in first.gold] == ["here.txt", "a/port.txt", str(home / names[2])]
    assert (second.rejected[0].path, second.is_gold_known) == ("a/port.txt", False)
    assert third == silent
    assert check_gold(questions, bases_of(out, roots)) == ()


def test_marks_whose_words_are_missing_are_skipped(home: Path) -> None:
    kept = Question(id="a", question="Why?", gold=[gold(home, "else/port.txt")])
    moved = Question(id="b", question="Why?", gold=[gold(home, "else/port.txt", "open")])
    gone = Question(id="c", question="Why?", gold=[], rejected=[gold(home, "no.txt")])
    result = import_marks(mark(home, kept, moved, gone), home / "new" / "set.jsonl", ())
    assert result.notes == {"skipped: the marked words are no longer there": ["b", "c"]}
    assert read_questions(home / "new" / "set.jsonl") == [kept]


def test_an_existing_set_is_kept_without_overwrite(home: Path) -> None:
    file = mark(home, Question(id="a", question="Why?", gold=[]))
    out = home / "set.jsonl"
    out.write_text("mine", encoding="utf-8")
    with pytest.raises(BadRequest, match=r"set.jsonl exists.*--overwrite"):
        import_marks(file, out, ())
    assert out.read_text(encoding="utf-8") == "mine"
    assert import_marks(file, out, (), overwrite=True).questions == 1
    assert len(read_questions(out)) == 1


def test_importing_without_marks_is_an_error(home: Path) -> None:
    with pytest.raises(BadRequest, match="has no marks"):
        import_marks(home / "marks.jsonl", home / "set.jsonl", ())
    assert not (home / "set.jsonl").exists()
