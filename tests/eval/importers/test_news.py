"""Articles, questions and conversations become a question set with gold lines."""

import json
from pathlib import Path
from typing import Any

import pytest

from eval.importers.news import import_news
from eval.sets.question_set import Gold
from index.errors import BadRequest
from tests.eval.importers.imports import files_in, line_of, names, noted, questions_in

PORT = (
    "Port shut\r\n\r\nThe harbour of Sluisk — closed. A ship\r\nran aground in May.\r\n\r\nMay 1998"
)
MILL = "The mill of Damme was sold in May."


def answer(text: str, article: str = PORT, nth: int = 0) -> dict[str, Any]:
    start = -1
    for _ in range(nth + 1):
        start = article.index(text, start + 1)
    return {"text": text, "start": start}


def question(key: str, *answers: dict[str, Any], **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "id": key,
        "article": "port.txt",
        "kind": "span",
        "alone": False,
        "history": [],
        "question": "What happened?",
        "answers": list(answers),
        **changes,
    }


def turns(*asked: tuple[str, list[dict[str, Any]]]) -> dict[str, Any]:
    pairs = [{"question": text, "answers": answers} for text, answers in asked]
    return {"id": "c", "article": "port.txt", "turns": pairs}


def lines(*records: object) -> bytes:
    return "".join(json.dumps(one) + "\n" for one in records).encode()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "dev"
    (folder / "articles").mkdir(parents=True)
    (folder / "articles" / "port.txt").write_bytes(PORT.encode())
    (folder / "articles" / "mill.txt").write_bytes(b"\xef\xbb\xbf" + MILL.encode())
    write(folder, question("a", answer("Sluisk")))
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "made"


def write(source: Path, *questions: dict[str, Any]) -> None:
    (source / "questions.jsonl").write_bytes(lines(*questions))


def test_articles_are_copied_letter_for_letter(source: Path, out: Path) -> None:
    progress: list[tuple[str, int, int]] = []
    result = import_news(source, out, on_progress=lambda *update: progress.append(update))
    assert (result.articles, result.questions, result.unanswerable) == (2, 1, 0)
    assert result.notes == {}
    assert files_in(out) == [
        "articles/mill.txt", "articles/port.txt", "byline-import", "questions.jsonl",
    ]  # fmt: skip
    for name in ("articles/mill.txt", "articles/port.txt"):
        assert (out / name).read_bytes() == (source / name).read_bytes()
    assert progress == [
        ("Writing articles", 1, 2), ("Writing articles", 2, 2), ("Writing questions", 1, 1),
    ]  # fmt: skip


def test_a_question_has_gold_lines_and_tags_and_may_be_kept_to_its_article(
    source: Path, out: Path
) -> None:
    write(
        source,
        question("a", answer("Sluisk"), answer("The harbour of Sluisk")),
        question("b", answer("May"), answer("May", nth=1), kind="open"),
        question("c", answer("A ship\r\nran aground in May."), kind="open"),
        question("d", kind="none", alone=True),
        question("e", answer("Damme", MILL), article="mill.txt", alone=True),
        question("f", answer("May"), kind="follow", history=["What of\nit?"]),
    )
    assert import_news(source, out).unanswerable == 1
    one, places, several, none, alone, follow = questions_in(out)
    port = "articles/port.txt"
    assert one.gold == [Gold(port, 3, ["Sluisk", "The harbour of Sluisk"])]
    assert (one.tags, one.within) == (["span", "kept", "span-kept"], [port])
    assert places.gold == [Gold(port, 4, ["May"]), Gold(port, 6, ["May"])]
    assert line_of(out, places.gold[1]) == "May 1998"
    assert several.gold == [Gold(port, 3, ["A ship\r\nran aground in May."], end_line=4)]
    assert (none.gold, none.tags, none.within) == ([], ["none", "alone", "none-alone"], [])
    # The byte order mark is not a code point of the text.
    assert alone.gold == [Gold("articles/mill.txt", 1, ["Damme"])]
    assert (follow.question, follow.history) == ("What happened?", ["What of it?"])


def test_each_turn_of_a_conversation_is_a_question_after_those_before(
    source: Path, out: Path
) -> None:
    conversation = turns(
        ("What is closed?", [answer("The harbour of Sluisk")]),
        ("By whom?", []),
        ("Since when?", [answer("May"), answer("in May")]),
    )
    (source / "conversations.jsonl").write_bytes(lines(conversation))
    result = import_news(source, out)
    assert (result.questions, result.unanswerable) == (4, 1)
    _, first, second, third = questions_in(out)
    assert [one.id for one in (first, second, third)] == ["c-1", "c-2", "c-3"]
    assert (first.history, first.tags) == ([], ["conversation", "first"])
    assert (second.history, second.gold) == (["What is closed?"], [])
    assert third.history == ["What is closed?", "By whom?"]
    assert third.tags == ["conversation", "later"]
    assert third.gold == [Gold("articles/port.txt", 4, ["May", "in May"])]
    assert {path for one in (first, second, third) for path in one.within} == {"articles/port.txt"}


def test_unusable_questions_and_files_are_skipped_and_counted(source: Path, out: Path) -> None:
    (source / "articles" / "nul.txt").write_bytes(b"\0")
    (source / "articles" / "more").mkdir()
    moved = {"text": "Sluisk", "start": 0}
    write(
        source,
        question("a", moved, {"text": "Brugge", "start": 3}),
        question("b", {"text": "Brugge", "start": 3}),
        question("c", question=" "),
        question("d", history=["w" * 5000]),
        question("e", article="../questions.jsonl"),
        question("f", article="nul.txt"),
        question("a", answer("May")),
    )
    result = import_news(source, out)
    assert noted(result) == {
        "skipped: not an article": 2,
        "repaired: wrong offset of an answer": 1,
        "accepted answer left out: not in the article": 2,
        "skipped: no accepted answer is in the article": 1,
        "skipped: empty or overlong question": 2,
        "skipped: the article is missing": 2,
    }
    assert [(one.id, one.gold[0].line) for one in questions_in(out)] == [("a", 3), ("a-2", 4)]
    assert names(out / "articles") == ["mill.txt", "port.txt"]


@pytest.mark.parametrize("name", ["questions.jsonl", "conversations.jsonl"])
def test_an_invalid_line_is_an_error_with_its_number(source: Path, out: Path, name: str) -> None:
    (source / name).write_bytes(b"\n{}\n")
    with pytest.raises(BadRequest, match=f"{name}, line 2: invalid .*: Object missing"):
        import_news(source, out)
    assert names(source.parent) == ["dev"]


def test_a_folder_without_articles_or_questions_is_an_error(source: Path, out: Path) -> None:
    write(source, question("a", article="no.txt"))
    with pytest.raises(BadRequest, match="has no usable question"):
        import_news(source, out)
    (source / "questions.jsonl").unlink()
    with pytest.raises(BadRequest, match=r"dev is not a news folder: questions.jsonl is missing"):
        import_news(source, out)
    with pytest.raises(BadRequest, match="is not a news folder: articles is missing"):
        import_news(source / "articles", out)
    assert names(source.parent) == ["dev"]
