"""A question set is read, or its invalid lines are reported."""

import json
from pathlib import Path

import pytest

from eval.sets.question_set import Gold, Question, read_questions
from index.disk.json_lines import encode_line
from index.errors import BadRequest

PLACE = {"path": "a.txt", "line": 3, "answers": ["in May"]}
WHEN = {"id": "q1", "question": "When?", "history": [], "gold": [PLACE], "tags": ["when"]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "set.jsonl"


def write(file: Path, *lines: object) -> None:
    texts = [one if isinstance(one, str) else json.dumps(one) for one in lines]
    file.write_text("\n".join(texts), encoding="utf-8")


def error_in(file: Path, *lines: object) -> str:
    write(file, *lines)
    with pytest.raises(BadRequest) as caught:
        read_questions(file)
    return caught.value.message


def gold(**changed: object) -> dict[str, object]:
    return {**WHEN, "gold": [PLACE | changed]}


def test_a_question_is_read(file: Path) -> None:
    write(file, WHEN, "", {"id": "q2", "question": "Why?", "gold": []})
    assert read_questions(file) == [
        Question(id="q1", question="When?", gold=[Gold("a.txt", 3, ["in May"])], tags=["when"]),
        Question(id="q2", question="Why?", gold=[]),
    ]


def test_windows_line_ends_and_a_byte_order_mark_are_ignored(file: Path) -> None:
    line = json.dumps(WHEN).encode()
    file.write_bytes(b"\xef\xbb\xbf" + line + b"\r\n" + line.replace(b"q1", b"q2") + b"\r\n")
    assert [one.id for one in read_questions(file)] == ["q1", "q2"]


def test_an_empty_file_is_an_empty_set(file: Path) -> None:
    file.write_bytes(b"\n \n")
    assert read_questions(file) == []


def test_a_written_question_is_read_again(file: Path) -> None:
    references = [Gold("a\udcff.txt", 3, [], end_line=9, grade=2), Gold("b.txt", 1, ["\udfff"])]
    question = Question(id="q1", question="Why \udfff?", history=["Who?"], gold=references)
    line = encode_line(question)
    write(file, line)
    assert read_questions(file) == [question]
    assert line.isascii()
    # Common fields are always written, rare ones of gold only if set.
    assert set(json.loads(line)) >= {"id", "question", "history", "gold", "tags"}
    assert set(json.loads(line)["gold"][1]) == {"path", "line", "answers"}


def test_a_reference_has_one_or_more_lines() -> None:
    assert list(Gold("a", 3, []).lines) == [3]
    assert list(Gold("a", 3, [], end_line=5).lines) == [3, 4, 5]


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (WHEN | {"answer": "May"}, "Object contains unknown field `answer`"),
        (gold(column=4), "Object contains unknown field `column` - at `$.gold[0]`"),
        ({"id": "q1", "question": "When?"}, "Object missing required field `gold`"),
        (WHEN | {"id": 7}, "Expected `str`, got `int` - at `$.id`"),
        ("When?", "not JSON: Expecting value, at column 1"),
        ('{"id": "q1', "not JSON: Unterminated string starting at, at column 8"),
        (WHEN | {"id": " "}, "`id` is empty"),
        (WHEN | {"question": " \n"}, "`question` is empty"),
        (WHEN | {"history": ["Who?", ""]}, "a question in `history` is empty"),
        (WHEN | {"question": "w" * 4001}, "a question has 4,001 characters (limit 4,000)"),
        (gold(line=0), "gold 1: `line` is 0; lines count from 1"),
        (gold(end_line=2), "gold 1: `end_line` 2 is before `line` 3"),
        (gold(answers=["in May", " "]), "gold 1: an answer is empty"),
        (gold(path=""), "gold 1: `path` is not a file path"),
        (gold(path="a\0.txt"), "gold 1: `path` is not a file path"),
        (gold(grade=0), "gold 1: `grade` is 0; leave out what is not relevant"),
        (WHEN | {"within": ["a.txt", ""]}, "a path in `within` is not a file path"),
        (WHEN | {"rejected": [PLACE, PLACE | {"line": -1}]}, "rejected 2: `line` is -1"),
    ],
)
def test_an_invalid_question_is_reported_with_its_line(
    file: Path, line: object, error: str
) -> None:
    message = error_in(file, WHEN | {"id": "q0"}, "", line)
    assert message.startswith(f"{file}, line 3: ")
    assert error in message


def test_a_deeply_nested_line_is_an_error(file: Path) -> None:
    assert "recursion" in error_in(file, '{"x\\ud800": ' + "[" * 100_000)


def test_invalid_utf_8_is_an_error(file: Path) -> None:
    file.write_bytes(json.dumps(WHEN).encode().replace(b"When", b"Wh\xe9n"))
    with pytest.raises(BadRequest, match="line 1: "):
        read_questions(file)


def test_a_duplicate_id_is_an_error(file: Path) -> None:
    message = error_in(file, WHEN, WHEN | {"id": "q2"}, "", WHEN)
    assert message.endswith(
        "set.jsonl, line 4: invalid question: duplicate id q1, first used on line 1"
    )


def test_all_errors_are_reported_up_to_a_limit(file: Path) -> None:
    three = error_in(file, "x", WHEN, gold(line=0, answers=[""]) | {"id": "q2"})
    assert three.startswith(f"{file}, line 1: invalid question: not JSON: Expecting value")
    assert "; line 3: gold 1: `line` is 0; lines count from 1; line 3: gold 1: an" in three
    many = error_in(file, *["x"] * 20)
    assert many.count("not JSON") == 8
    assert many.endswith("; and 12 more")
