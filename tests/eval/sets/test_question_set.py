"""A question set says what it says, or is told line by line what is wrong with it."""

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


def told(file: Path, *lines: object) -> str:
    write(file, *lines)
    with pytest.raises(BadRequest) as caught:
        read_questions(file)
    return caught.value.message


def gold(**changed: object) -> dict[str, object]:
    return {**WHEN, "gold": [PLACE | changed]}


def test_a_question_is_read_as_it_stands(file: Path) -> None:
    write(file, WHEN, "", {"id": "q2", "question": "Why?", "gold": []})
    assert read_questions(file) == [
        Question(id="q1", question="When?", gold=[Gold("a.txt", 3, ["in May"])], tags=["when"]),
        Question(id="q2", question="Why?", gold=[]),
    ]


def test_windows_line_ends_and_a_byte_order_mark_do_no_harm(file: Path) -> None:
    line = json.dumps(WHEN).encode()
    file.write_bytes(b"\xef\xbb\xbf" + line + b"\r\n" + line.replace(b"q1", b"q2") + b"\r\n")
    assert [one.id for one in read_questions(file)] == ["q1", "q2"]


def test_an_empty_file_is_an_empty_set(file: Path) -> None:
    file.write_bytes(b"\n \n")
    assert read_questions(file) == []


def test_what_is_written_is_read_again(file: Path) -> None:
    places = [Gold("a\udcff.txt", 3, [], end_line=9, grade=2), Gold("b.txt", 1, ["\udfff"])]
    question = Question(id="q1", question="Why \udfff?", history=["Who?"], gold=places)
    line = encode_line(question)
    write(file, line)
    assert read_questions(file) == [question]
    assert line.isascii()
    # Each of the fields that every set has is there, and none of the rare ones of a place.
    assert set(json.loads(line)) >= {"id", "question", "history", "gold", "tags"}
    assert set(json.loads(line)["gold"][1]) == {"path", "line", "answers"}


def test_the_lines_of_a_place() -> None:
    assert list(Gold("a", 3, []).lines) == [3]
    assert list(Gold("a", 3, [], end_line=5).lines) == [3, 4, 5]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (WHEN | {"answer": "May"}, "Object contains unknown field `answer`"),
        (gold(column=4), "Object contains unknown field `column` - at `$.gold[0]`"),
        ({"id": "q1", "question": "When?"}, "Object missing required field `gold`"),
        (WHEN | {"id": 7}, "Expected `str`, got `int` - at `$.id`"),
        ("When?", "not JSON: Expecting value, at column 1"),
        ('{"id": "q1', "not JSON: Unterminated string starting at, at column 8"),
        (WHEN | {"id": " "}, "its id is empty"),
        (WHEN | {"question": " \n"}, "the question is empty"),
        (WHEN | {"history": ["Who?", ""]}, "an earlier question, in `history`, is empty"),
        (WHEN | {"question": "w" * 4001}, "a question has 4,001 characters, over 4,000"),
        (gold(line=0), "gold 1: `line` is 0; lines count from 1"),
        (gold(end_line=2), "gold 1: `end_line` 2 comes before `line` 3"),
        (gold(answers=["in May", " "]), "gold 1: an answer is empty"),
        (gold(path=""), "gold 1: `path` names no article"),
        (gold(path="a\0.txt"), "gold 1: `path` names no article"),
        (gold(grade=0), "gold 1: `grade` is 0; leave out what is not relevant"),
        (WHEN | {"rejected": [PLACE, PLACE | {"line": -1}]}, "rejected 2: `line` is -1"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(file: Path, line: object, fault: str) -> None:
    message = told(file, WHEN | {"id": "q0"}, "", line)
    assert message.startswith(f"{file}, line 3, is not a question: ")
    assert fault in message


def test_a_line_nested_without_end_is_told(file: Path) -> None:
    assert "recursion" in told(file, '{"x\\ud800": ' + "[" * 100_000)


def test_bytes_that_are_no_utf_8_are_told(file: Path) -> None:
    file.write_bytes(json.dumps(WHEN).encode().replace(b"When", b"Wh\xe9n"))
    with pytest.raises(BadRequest, match="line 1, is not a question: "):
        read_questions(file)


def test_an_id_may_stand_once(file: Path) -> None:
    message = told(file, WHEN, WHEN | {"id": "q2"}, "", WHEN)
    assert message.endswith("set.jsonl, line 4, is not a question: its id q1 is that of line 1")


def test_all_faults_are_told_at_once_up_to_a_cap(file: Path) -> None:
    three = told(file, "x", WHEN, gold(line=0, answers=[""]) | {"id": "q2"})
    assert three.startswith(f"{file}, line 1, is not a question: not JSON: Expecting value")
    assert "; line 3: gold 1: `line` is 0; lines count from 1; line 3: gold 1: an" in three
    many = told(file, *["x"] * 20)
    assert many.count("not JSON") == 8
    assert many.endswith("; and 12 more")
