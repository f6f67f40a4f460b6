"""`byline eval import` makes sets that can be run, and `byline eval new` helps to write one."""

import json
from pathlib import Path

import pytest

from eval.sets.question_set import Gold, Question, read_questions
from tests.tui.fakes import Ran, Shell, assert_one_line_error
from tui.paths import marks_file

CONTEXT = "The port is closed. A ship ran aground."


def squad(shell: Shell, name: str = "port.json") -> Path:
    answer = {"text": "A ship", "answer_start": CONTEXT.index("A ship")}
    asked = [
        {"id": "a", "question": "What ran aground?", "answers": [answer, answer | {"text": "no"}]},
        {"id": "b", "question": "Who closed it?", "answers": [], "is_impossible": True},
    ]
    data = [{"title": "Port", "paragraphs": [{"context": CONTEXT, "qas": asked}]}]
    file = shell.home / name
    file.write_text(json.dumps({"version": "v2.0", "data": data}), encoding="utf-8")
    return file


def test_a_squad_file_is_imported_indexed_and_asked_by_the_commands_it_tells(shell: Shell) -> None:
    squad(shell, "it's a port.json")
    ran = shell.byline("eval", "import", "squad", "it's a port.json")
    assert ran.code == 0, ran.err
    assert ran.out == (
        "2 questions, 1 of them without an answer, about 1 article: it's a port\n"
        "Next:\n"
        "  byline index 'it'\"'\"'s a port/articles' --index 'it'\"'\"'s a port/index'\n"
        "  byline eval 'it'\"'\"'s a port/questions.jsonl' --index 'it'\"'\"'s a port/index'\n"
    )
    assert ran.err == (
        "byline: 1 left out: an accepted answer does not stand in the context (the first: a)\n"
    )
    assert shell.byline("index", "it's a port/articles", "--index", "index").code == 0
    ran = shell.byline("ask", "A ship ran aground.", "--index", "index")
    assert "it's a port/articles/port.txt:3:" in ran.out


def test_nothing_is_overwritten_unless_it_is_said(shell: Shell) -> None:
    squad(shell)
    assert shell.byline("eval", "import", "squad", "port.json", "made").code == 0
    again = ("eval", "import", "squad", "port.json", "made")
    assert_one_line_error(shell.byline(*again), "made is not empty", "--overwrite")
    assert shell.byline(*again, "--overwrite").code == 0


def test_a_file_that_is_no_squad_is_one_line(shell: Shell) -> None:
    file = shell.write("a\x1b[2J.json", b"{}")
    ran = shell.byline("eval", "import", "squad", str(file), "made")
    assert_one_line_error(ran, "␛[2J.json is not in SQuAD's format")
    assert not (shell.home / "made").exists()


def test_a_beir_folder_is_imported(shell: Shell) -> None:
    folder = shell.home / "beir"
    (folder / "qrels").mkdir(parents=True)
    (folder / "corpus.jsonl").write_text('{"_id": "d", "text": "The port."}', encoding="utf-8")
    (folder / "queries.jsonl").write_text('{"_id": "q", "text": "port?"}', encoding="utf-8")
    (folder / "qrels" / "dev.tsv").write_text("q\td\t1\n", encoding="utf-8")
    ran = shell.byline("eval", "import", "beir", "beir", "made", "--split", "dev")
    assert (ran.code, ran.out.splitlines()[0]) == (
        0, "1 question, 0 of them without an answer, about 1 article: made",
    )  # fmt: skip
    assert_one_line_error(shell.byline("eval", "import", "beir", "news", "x"), "news is no BEIR")


def test_the_marks_of_the_chat_become_a_set_with_portable_paths(indexed: Shell) -> None:
    place = Gold(str(indexed.news / "port.txt"), 1, ["port"])
    marked = Question(id="mark-1", question="Why?", history=[], gold=[place])
    file = marks_file()
    assert_one_line_error(indexed.byline("eval", "import", "marks", "mine.jsonl"), "holds no marks")
    indexed.write(str(file), json.dumps({
        "id": "mark-1", "question": "Why?",
        "gold": [{"path": place.path, "line": 1, "answers": ["port"]}],
    }))  # fmt: skip
    ran = indexed.byline("eval", "import", "marks", "sets/mine.jsonl")
    assert ran.out.endswith("Next:\n  byline eval sets/mine.jsonl\n"), ran
    ran = indexed.byline("eval", "import", "marks", "b.jsonl", "--index", str(indexed.index))
    assert ran.out.endswith(f"  byline eval b.jsonl --index {indexed.index}\n"), ran
    (read,) = read_questions(indexed.home / "sets" / "mine.jsonl")
    assert read.gold == [Gold("port.txt", 1, ["port"])]
    assert read.id == marked.id


def typed(shell: Shell, *lines: str, name: str = "my.jsonl") -> Ran:
    return shell.byline("eval", "new", name, stdin="".join(f"{one}\n" for one in lines).encode())


def written(shell: Shell, name: str = "my.jsonl") -> list[Question]:
    return read_questions(shell.home / name)


def test_questions_are_saved_one_by_one(indexed: Shell) -> None:
    first = ("what is closed", "1", "THE  PORT", "closed", "nowhere", "closed", "", "what  easy")
    second = ("who has the mill", "n", "")
    ran = typed(indexed, *first, *second, "left half", "1")
    assert ran.code == 0, ran.err
    assert "  1  news/port.txt:1  the port is closed.\n" in ran.out
    assert "nowhere does not stand on news/port.txt:1\n" in ran.out
    assert ran.out.count("Saved as") == 2
    assert ran.err == "byline: 2 saved in my.jsonl, which holds 2\n"
    assert ran.out.endswith("Next:\n  byline eval my.jsonl\n")
    one, two = written(indexed)
    # The words are those of the line, whatever was typed; the path leads on from the set.
    assert one.gold == [Gold("news/port.txt", 1, ["the port", "closed"])]
    assert (one.id, one.question, one.tags) == ("my-001", "what is closed", ["what", "easy"])
    assert (two.id, two.gold, two.tags, two.is_gold_known) == ("my-002", [], [], True)


def test_what_byline_would_answer_is_proposed(indexed: Shell) -> None:
    ran = typed(indexed, "Nobody has the money to dig it out.", "1", "", "", "")
    assert "Answer on news/port.txt:1 [Nobody has the money to dig it out.]: " in ran.out
    (one,) = written(indexed)
    assert one.gold == [Gold("news/port.txt", 1, ["Nobody has the money to dig it out."])]


def test_several_lines_and_any_indexed_line_can_be_chosen(indexed: Shell) -> None:
    lines = "".join(f"Fact number {n} is told.\n\n" for n in range(1, 31))
    indexed.write("facts.txt", lines)
    assert indexed.byline("index").code == 0
    ran = typed(
        indexed,
        "fact number told", "m", "12, 3", "Fact", "", "Fact", "", "",
        "fact again", "0", "99", "x", "", "news/no.txt:1", "news/facts.txt:99",
        "news/facts.txt:59", "", "number 30", "", "",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert " 12  news/facts.txt:" in ran.out
    for told in ("0 is none", "99 is none", "x is none", "nothing is none", "news/no.txt is not",
                 "news/facts.txt was indexed with lines 1 to 60"):  # fmt: skip
        assert told in ran.out
    several, named = written(indexed)
    assert [place.path for place in several.gold] == ["news/facts.txt"] * 2
    assert len({place.line for place in several.gold}) == 2
    assert named.gold == [Gold("news/facts.txt", 59, ["number 30"])]


def test_a_line_of_the_same_place_chosen_twice_is_one_place(indexed: Shell) -> None:
    typed(indexed, "the port money", "1 2", "the port", "", "the money", "", "")
    (one,) = written(indexed)
    assert len(one.gold) == 1
    assert sorted(one.gold[0].answers) == ["the money", "the port"]


def test_a_follow_up_keeps_the_questions_before_it(indexed: Shell) -> None:
    first = ("When was the mill sold?", "n", "")
    ran = typed(indexed, *first, "+ Is it old?", "n", "", "+why", "s", "+And why?", "n", "")
    assert ran.code == 0, ran.err
    assert "After: When was the mill sold?\nAsked as: " in ran.out
    # What was skipped is no part of the conversation.
    assert [(one.question, one.history) for one in written(indexed)] == [
        ("When was the mill sold?", []),
        ("Is it old?", ["When was the mill sold?"]),
        ("And why?", ["When was the mill sold?", "Is it old?"]),
    ]
    # Another time it goes on from the last of the set; a question of its own begins anew.
    typed(indexed, "+ Who says so?", "n", "", "What is closed?", "n", "", "+ Why?", "n", "")
    assert [one.history for one in written(indexed)[3:]] == [
        ["When was the mill sold?", "Is it old?", "And why?"],
        [],
        ["What is closed?"],
    ]


def test_a_follow_up_needs_a_question_before_it(indexed: Shell) -> None:
    ran = typed(indexed, "+ Is it old?", "+", "")
    assert ran.out.count("There is no question before it") == 1
    assert "follow-up" not in ran.out
    assert not (indexed.home / "my.jsonl").exists()


def test_skipped_questions_and_unusable_ones_are_not_saved(indexed: Shell) -> None:
    ran = typed(indexed, "", "why", "s", "w" * 4001, "who", "N", "")
    assert "the question has 4,001 characters" in ran.out
    assert [one.question for one in written(indexed)] == ["who"]


def test_a_set_is_added_to_and_nothing_of_it_is_lost(indexed: Shell) -> None:
    kept = {"id": "my-002", "question": "Why?", "gold": [], "tags": ["old"]}
    # Without a line end, as an editor may leave it.
    (indexed.home / "my.jsonl").write_text(json.dumps(kept), encoding="utf-8")
    ran = typed(indexed, "who", "n", "")
    assert ran.err == "byline: 1 saved in my.jsonl, which holds 2\n"
    assert [one.id for one in written(indexed)] == ["my-002", "my-003"]
    assert json.dumps(kept) == (indexed.home / "my.jsonl").read_text().splitlines()[0]


def test_a_damaged_set_is_told_before_anything_is_loaded(indexed: Shell) -> None:
    (indexed.home / "my.jsonl").write_text("notes\n", encoding="utf-8")
    assert_one_line_error(typed(indexed, "who"), "my.jsonl, line 1, is not a question: not JSON")
    assert indexed.models.question_encoders == []
    assert (indexed.home / "my.jsonl").read_text(encoding="utf-8") == "notes\n"


def test_hostile_text_and_names_are_made_safe(shell: Shell) -> None:
    shell.write("po\x1b[2Jrt.txt", "The \x1b[31mport\u202e is closed.")
    assert shell.byline("index", "news").code == 0
    ran = typed(shell, "the port \x1b]0;x\x07", "1", "nowhere \x1b[1m", "is", "", "")
    assert ran.code == 0, ran.err
    assert not {"\x1b", "\x07", "\u202e"} & set(ran.out + ran.err)
    assert [one.gold[0].path for one in written(shell)] == ["news/po\x1b[2Jrt.txt"]


@pytest.mark.parametrize("name", ["my.jsonl", "new/sets/my.jsonl"])
def test_an_input_that_ends_at_once_leaves_nothing(indexed: Shell, name: str) -> None:
    ran = typed(indexed, name=name)
    assert (ran.code, ran.err) == (0, f"byline: 0 saved in {name}, which holds 0\n")
    assert not (indexed.home / name).exists()
