"""A file in SQuAD's own format becomes articles, and questions whose gold stands in them."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from eval.importers.events import Importing, Stage
from eval.importers.squad import import_squad
from eval.sets.question_set import Gold
from index.articles.files import Contents, Signature
from index.articles.parse import ReadArticle, read_article
from index.articles.passages import DEFAULT_SETTINGS, NoLimit
from index.errors import BadRequest
from tests.eval.importers.made import files_in, imported, line_of, names, noted, questions_in

PORT = "The port of Zeebrugge is closed. A ship ran aground there in May."
NOWHERE = Signature(0, 0, 0, 0)
MILL = "The mill of Damme was sold in May."


def answer(text: str, start: int) -> dict[str, Any]:
    return {"text": text, "answer_start": start}


def asked(key: str, *answers: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"id": key, "question": f"What of {key}?", "answers": list(answers), **more}


def paragraph(context: str, *qas: dict[str, Any]) -> dict[str, Any]:
    return {"context": context, "qas": list(qas)}


def article(title: str, *paragraphs: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "paragraphs": list(paragraphs)}


def squad(folder: Path, *articles: dict[str, Any]) -> Path:
    file = folder / "squad.json"
    file.write_text(json.dumps({"version": "v2.0", "data": articles}), encoding="utf-8")
    return file


def one(folder: Path, context: str, *qas: dict[str, Any]) -> Path:
    return squad(folder, article("Port", paragraph(context, *qas)))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "made"


def test_articles_and_questions_of_version_2(tmp_path: Path, out: Path) -> None:
    file = squad(
        tmp_path,
        article(
            "Port_of_Zeebrugge",
            paragraph(
                PORT,
                asked("a", answer("in May", 58), answer("May", 61), answer("May", 61)),
                asked("b", is_impossible=True, plausible_answers=[answer("May", 61)]),
            ),
            paragraph(MILL, asked("c", answer("Damme", 12))),
        ),
    )
    events = list(import_squad(file, out))
    assert events[:-1] == [Importing(Stage.ARTICLES, 1, 1), Importing(Stage.QUESTIONS, 3, 3)]
    result = imported(events)
    assert (result.articles, result.questions, result.unanswerable) == (1, 3, 1)
    assert result.notes == ()
    name = "articles/port-of-zeebrugge.txt"
    assert files_in(out) == [name, "byline-import", "questions.jsonl"]
    text = (out / name).read_text(encoding="utf-8")
    assert text == f"# Port of Zeebrugge\n\n{PORT}\n\n{MILL}\n"
    first, second, third = questions_in(out)
    assert (first.id, first.question, first.history) == ("a", "What of a?", [])
    assert first.gold == [Gold(name, 3, ["in May", "May"])]
    assert (second.gold, second.tags, second.is_gold_known) == ([], ["unanswerable"], True)
    assert third.gold == [Gold(name, 5, ["Damme"])]


def test_what_is_impossible_has_no_answer_whatever_it_says(tmp_path: Path, out: Path) -> None:
    file = one(tmp_path, PORT, asked("a", answer("Zeebrugge", 12), is_impossible=True))
    (note,) = imported(import_squad(file, out)).notes
    assert (note.what, note.first) == (
        "taken as without an answer: it is impossible, though it has answers", "a",
    )  # fmt: skip
    (question,) = questions_in(out)
    assert question.gold == []


def test_version_1_1_says_nothing_of_the_impossible(tmp_path: Path, out: Path) -> None:
    file = one(tmp_path, PORT, asked("a", answer("Zeebrugge", 12)), {"id": 7, "question": "Who?"})
    assert imported(import_squad(file, out)).unanswerable == 1
    assert [(q.id, bool(q.gold)) for q in questions_in(out)] == [("a", True), ("7", False)]


@pytest.mark.parametrize("name", ["squad.json.gz", "squad.json"])
def test_a_file_compressed_by_gzip_whatever_its_name(tmp_path: Path, out: Path, name: str) -> None:
    plain = one(tmp_path, PORT, asked("a", answer("Zeebrugge", 12))).read_bytes()
    (tmp_path / name).write_bytes(gzip.compress(b"\xef\xbb\xbf" + plain))
    assert imported(import_squad(tmp_path / name, out)).questions == 1


def test_lines_within_a_context_keep_their_places(tmp_path: Path, out: Path) -> None:
    context = "\nIn brief\r\nThe port is closed.\n\nA ship, the Tide,\nran aground. The port waits."
    answers = [(words, context.rindex(words)) for words in ("The port", "Tide,\nran", "In brief")]
    first = answer("The port", context.index("The port"))
    file = squad(
        tmp_path,
        article(
            "Port",
            paragraph(context, asked("a", first, *(answer(*pair) for pair in answers))),
            paragraph(MILL, asked("b", answer("Damme", 12))),
        ),
    )
    assert imported(import_squad(file, out)).notes == ()
    name = "articles/port.txt"
    several, last = questions_in(out)
    assert several.gold == [
        Gold(name, 5, ["The port"]),
        Gold(name, 8, ["The port"]),
        Gold(name, 7, ["Tide,\nran"], end_line=8),
        Gold(name, 4, ["In brief"]),
    ]
    assert line_of(out, several.gold[3]) == "In brief\r"
    assert line_of(out, last.gold[0]) == MILL


@pytest.mark.parametrize(
    ("text", "start", "found"),
    [
        ("May", 0, "May"),  # the offset of something else
        ("May", 10_000, "May"),
        ("May", -5, "May"),
        ("ship  ran", 33, "ship ran"),
        ("SHIP", 33, "ship"),
        (" May ", 60, "May"),
        ("closed. A ship", 26, "closed. A ship"),
    ],
)
def test_an_answer_at_another_offset_is_repaired(
    tmp_path: Path, out: Path, text: str, start: int, found: str
) -> None:
    result = imported(import_squad(one(tmp_path, PORT, asked("a", answer(text, start))), out))
    assert noted(result) == {"repaired: an answer stands at another place of the context": 1}
    assert questions_in(out)[0].gold == [Gold("articles/port.txt", 3, [found])]


def test_what_cannot_be_placed_is_left_out_and_counted(tmp_path: Path, out: Path) -> None:
    file = one(
        tmp_path,
        PORT,
        asked("a", answer("Ostend", 12), answer("Zeebrugge", 12)),
        asked("b", answer("Ostend", 12), answer("Damme", 12)),
        asked("c", answer(" ", 3)),
        asked("d", answer("May", 61)) | {"question": " \n "},
        asked("e", answer("May", 61)) | {"question": "w" * 4001},
    )
    result = imported(import_squad(file, out))
    assert noted(result) == {
        "left out: an accepted answer does not stand in the context": 3,
        "skipped: no accepted answer stands in the context": 1,
        "skipped: the question is empty or too long": 2,
    }
    assert [note.first for note in result.notes] == ["a", "b", "d"]
    # An answer without words says that there is none.
    assert [(q.id, len(q.gold)) for q in questions_in(out)] == [("a", 1), ("c", 0)]


def test_an_id_that_was_taken_gets_a_number(tmp_path: Path, out: Path) -> None:
    keys = ["a", "a-2", "a", "a", " "]
    qas = [asked(key, answer("May", 61)) for key in keys]
    result = imported(import_squad(one(tmp_path, PORT, *qas), out))
    assert noted(result) == {"renamed: the id is empty or was taken": 3}
    assert [q.id for q in questions_in(out)] == ["a", "a-2", "a-2-2", "a-3", "question"]


HOSTILE = [
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    ".hidden",
    "-rf",
    "",
    " ",
    "---",
    "---\ntitle: other",
    "a\0b\x1b[2J",
    "\ud800 lone",
    "\ufeff",
    "日本語",
    "x" * 5000,
    "Café",
    "cafe",
    "CAFE",
    "Café",
    "# heading",
    "con.txt",
]


def test_hostile_and_equal_titles_become_safe_and_distinct_names(tmp_path: Path, out: Path) -> None:
    articles = [
        article(title, paragraph(f"Number {n}. {PORT}", asked(str(n), answer(f"{n}", 7))))
        for n, title in enumerate(HOSTILE)
    ]
    assert imported(import_squad(squad(tmp_path, *articles), out)).articles == len(HOSTILE)
    assert names(tmp_path) == ["made", "squad.json"]
    paths = [q.gold[0].path for q in questions_in(out)]
    assert len(set(paths)) == len(HOSTILE)
    for path in paths:
        folder, name = path.split("/")
        assert folder == "articles"
        assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-.")
        assert name[0] not in "-."
        assert len(name) < 100
    for number, question in enumerate(questions_in(out)):
        assert line_of(out, question.gold[0]) == f"Number {number}. {PORT}"
        # Nothing of the title hides the text from the index.
        data = (out / question.gold[0].path).read_bytes()
        read = read_article(Contents(data, NOWHERE), DEFAULT_SETTINGS, NoLimit())
        assert isinstance(read, ReadArticle)
        assert any(f"Number {number}. {PORT}" in passage.text for passage in read.passages)


def test_what_a_text_file_cannot_hold_is_replaced_one_for_one(tmp_path: Path, out: Path) -> None:
    context = "\ufeffA \udfff ship\0 ran \U0001f6a2 aground in May."
    start = context.index("ship")
    file = one(
        tmp_path,
        context,
        asked(
            "\ud800", answer("ship\0 ran \U0001f6a2", start), answer("May", context.index("May"))
        ),
    )
    assert imported(import_squad(file, out)).notes == ()
    (question,) = questions_in(out)
    assert question.id == "\ud800"
    assert question.gold[0].answers == ["ship\ufffd ran \U0001f6a2", "May"]


def test_a_context_that_stands_in_several_places_has_gold_in_each(
    tmp_path: Path, out: Path
) -> None:
    file = squad(
        tmp_path,
        article("One", paragraph(PORT), paragraph(MILL), paragraph(PORT, asked("a"))),
        article("Two", paragraph(" "), paragraph(MILL, asked("b", answer("Damme", 12)))),
        article("Three", paragraph("")),
    )
    assert imported(import_squad(file, out)).articles == 2
    one_text = (out / "articles/one.txt").read_text(encoding="utf-8")
    assert one_text == f"# One\n\n{PORT}\n\n{MILL}\n"
    assert questions_in(out)[1].gold == [
        Gold("articles/one.txt", 5, ["Damme"]),
        Gold("articles/two.txt", 3, ["Damme"]),
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is not in SQuAD's format: "),
        (b"[]", "is not in SQuAD's format: Expected `object`, got `array`"),
        (b"{}", "is not in SQuAD's format: Object missing required field `data`"),
        (b'{"data": [{"paragraphs": [{}]}]}', "`context` - at `$.data[0].paragraphs[0]`"),
        (b'{"data": []}', "holds no question that can be asked"),
        (b'{"data": "\xff"}', "is not in SQuAD's format: "),
        (gzip.compress(b"{}" * 99, mtime=0)[:20], "is a damaged gzip file: "),
    ],
)
def test_a_file_that_is_none_is_told_and_nothing_is_left(
    tmp_path: Path, out: Path, data: bytes, why: str
) -> None:
    file = tmp_path / "squad.json"
    file.write_bytes(data)
    with pytest.raises(BadRequest) as caught:
        list(import_squad(file, out))
    assert caught.value.message.startswith(f"{file} ")
    assert why in caught.value.message
    assert names(tmp_path) == ["squad.json"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path, out: Path) -> None:
    with pytest.raises(BadRequest, match=r"no.json cannot be read: No such file"):
        list(import_squad(tmp_path / "no.json", out))
