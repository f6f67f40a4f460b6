"""A SQuAD file becomes articles, and questions with gold in them."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from eval.importers.squad import import_squad
from eval.sets.question_set import Gold
from index.articles.files import Contents, Signature
from index.articles.parse import ReadArticle, read_article
from index.articles.passages import DEFAULT_SETTINGS, NoLimit
from index.errors import BadRequest
from tests.eval.importers.imports import files_in, line_of, names, noted, questions_in

PORT = "The port of Zeebrugge is closed. A ship ran aground there in May."
NOWHERE = Signature(0, 0, 0, 0)
MILL = "The mill of Damme was sold in May."


def answer(text: str, start: int) -> dict[str, Any]:
    return {"text": text, "answer_start": start}


def qa(key: str, *answers: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
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
                qa("a", answer("in May", 58), answer("May", 61), answer("May", 61)),
                qa("b", is_impossible=True, plausible_answers=[answer("May", 61)]),
            ),
            paragraph(MILL, qa("c", answer("Damme", 12))),
        ),
    )
    progress: list[tuple[str, int, int]] = []
    result = import_squad(file, out, on_progress=lambda *update: progress.append(update))
    assert progress == [("Writing articles", 1, 1), ("Writing questions", 3, 3)]
    assert (result.articles, result.questions, result.unanswerable) == (1, 3, 1)
    assert result.notes == {}
    name = "articles/port-of-zeebrugge.txt"
    assert files_in(out) == [name, "byline-import", "questions.jsonl"]
    text = (out / name).read_text(encoding="utf-8")
    assert text == f"# Port of Zeebrugge\n\n{PORT}\n\n{MILL}\n"
    first, second, third = questions_in(out)
    assert (first.id, first.question, first.history) == ("a", "What of a?", [])
    assert first.gold == [Gold(name, 3, ["in May", "May"])]
    assert (second.gold, second.tags, second.is_gold_known) == ([], ["unanswerable"], True)
    assert third.gold == [Gold(name, 5, ["Damme"])]


def test_an_impossible_question_is_unanswerable_even_with_answers(
    tmp_path: Path, out: Path
) -> None:
    file = one(tmp_path, PORT, qa("a", answer("Zeebrugge", 12), is_impossible=True))
    assert import_squad(file, out).notes == {
        "imported as unanswerable: is_impossible, though it has answers": ["a"]
    }
    (question,) = questions_in(out)
    assert question.gold == []


def test_version_1_1_has_no_impossible_flag(tmp_path: Path, out: Path) -> None:
    file = one(tmp_path, PORT, qa("a", answer("Zeebrugge", 12)), {"id": 7, "question": "Who?"})
    assert import_squad(file, out).unanswerable == 1
    assert [(q.id, bool(q.gold)) for q in questions_in(out)] == [("a", True), ("7", False)]


@pytest.mark.parametrize("name", ["squad.json.gz", "squad.json"])
def test_a_gzip_file_is_read_under_any_name(tmp_path: Path, out: Path, name: str) -> None:
    plain = one(tmp_path, PORT, qa("a", answer("Zeebrugge", 12))).read_bytes()
    (tmp_path / name).write_bytes(gzip.compress(b"\xef\xbb\xbf" + plain))
    assert import_squad(tmp_path / name, out).questions == 1


def test_lines_in_a_context_keep_their_numbers(tmp_path: Path, out: Path) -> None:
    context = "\nIn brief\r\nThe port is closed.\n\nA ship, the Tide,\nran aground. The port waits."
    answers = [(words, context.rindex(words)) for words in ("The port", "Tide,\nran", "In brief")]
    first = answer("The port", context.index("The port"))
    file = squad(
        tmp_path,
        article(
            "Port",
            paragraph(context, qa("a", first, *(answer(*pair) for pair in answers))),
            paragraph(MILL, qa("b", answer("Damme", 12))),
        ),
    )
    assert import_squad(file, out).notes == {}
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
        ("May", 0, "May"),  # the offset of other words
        ("May", 10_000, "May"),
        ("May", -5, "May"),
        ("ship  ran", 33, "ship ran"),
        ("SHIP", 33, "ship"),
        (" May ", 60, "May"),
        ("closed. A ship", 26, "closed. A ship"),
    ],
)
def test_a_wrong_offset_is_repaired(
    tmp_path: Path, out: Path, text: str, start: int, found: str
) -> None:
    result = import_squad(one(tmp_path, PORT, qa("a", answer(text, start))), out)
    assert noted(result) == {"repaired: wrong offset of an answer": 1}
    assert questions_in(out)[0].gold == [Gold("articles/port.txt", 3, [found])]


def test_answers_not_in_the_context_are_left_out_and_counted(tmp_path: Path, out: Path) -> None:
    file = one(
        tmp_path,
        PORT,
        qa("a", answer("Ostend", 12), answer("Zeebrugge", 12)),
        qa("b", answer("Ostend", 12), answer("Damme", 12)),
        qa("c", answer(" ", 3)),
        qa("d", answer("May", 61)) | {"question": " \n "},
        qa("e", answer("May", 61)) | {"question": "w" * 4001},
    )
    result = import_squad(file, out)
    assert noted(result) == {
        "accepted answer left out: not in the article": 3,
        "skipped: no accepted answer is in the context": 1,
        "skipped: empty or overlong question": 2,
    }
    assert [names[0] for names in result.notes.values()] == ["a", "b", "d"]
    # A blank answer counts as no answer.
    assert [(q.id, len(q.gold)) for q in questions_in(out)] == [("a", 1), ("c", 0)]


def test_a_duplicate_id_gets_a_number(tmp_path: Path, out: Path) -> None:
    keys = ["a", "a-2", "a", "a", " "]
    qas = [qa(key, answer("May", 61)) for key in keys]
    result = import_squad(one(tmp_path, PORT, *qas), out)
    assert noted(result) == {"renamed: empty or duplicate id": 3}
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
        article(title, paragraph(f"Number {n}. {PORT}", qa(str(n), answer(f"{n}", 7))))
        for n, title in enumerate(HOSTILE)
    ]
    assert import_squad(squad(tmp_path, *articles), out).articles == len(HOSTILE)
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
        # No title hides the text from the index.
        data = (out / question.gold[0].path).read_bytes()
        read = read_article(Contents(data, NOWHERE), DEFAULT_SETTINGS, NoLimit())
        assert isinstance(read, ReadArticle)
        assert any(f"Number {number}. {PORT}" in passage.text for passage in read.passages)


def test_unwritable_characters_are_replaced_one_for_one(tmp_path: Path, out: Path) -> None:
    context = "\ufeffA \udfff ship\0 ran \U0001f6a2 aground in May."
    start = context.index("ship")
    file = one(
        tmp_path,
        context,
        qa("\ud800", answer("ship\0 ran \U0001f6a2", start), answer("May", context.index("May"))),
    )
    assert import_squad(file, out).notes == {}
    (question,) = questions_in(out)
    assert question.id == "\ud800"
    assert question.gold[0].answers == ["ship\ufffd ran \U0001f6a2", "May"]


def test_a_context_in_several_articles_has_gold_in_each(tmp_path: Path, out: Path) -> None:
    file = squad(
        tmp_path,
        article("One", paragraph(PORT), paragraph(MILL), paragraph(PORT, qa("a"))),
        article("Two", paragraph(" "), paragraph(MILL, qa("b", answer("Damme", 12)))),
        article("Three", paragraph("")),
    )
    assert import_squad(file, out).articles == 2
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
        (b'{"data": []}', "has no usable question"),
        (b'{"data": "\xff"}', "is not in SQuAD's format: "),
        (gzip.compress(b"{}" * 99, mtime=0)[:20], "is a damaged gzip file: "),
    ],
)
def test_an_invalid_file_is_an_error_and_leaves_nothing(
    tmp_path: Path, out: Path, data: bytes, why: str
) -> None:
    file = tmp_path / "squad.json"
    file.write_bytes(data)
    with pytest.raises(BadRequest) as caught:
        import_squad(file, out)
    assert caught.value.message.startswith(f"{file} ")
    assert why in caught.value.message
    assert names(tmp_path) == ["squad.json"]


def test_a_missing_file_is_an_error(tmp_path: Path, out: Path) -> None:
    with pytest.raises(BadRequest, match=r"no.json cannot be read: No such file"):
        import_squad(tmp_path / "no.json", out)
