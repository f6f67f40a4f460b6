"""`byline eval import` makes sets that can be run, and `byline eval new` writes one."""

import json
from pathlib import Path

import pytest

from eval.sets.question_set import Gold, Question, read_questions
from tests.tui.fakes import Ran, Shell, assert_one_line_error
from tui.paths import marks_file

CONTEXT = "The port is closed. A ship ran aground."


def squad(shell: Shell, name: str = "port.json") -> Path:
    answer = {"text": "A ship", "answer_start": CONTEXT.index("A ship")}
    qas = [
        {"id": "a", "question": "What ran aground?", "answers": [answer, answer | {"text": "no"}]},
        {"id": "b", "question": "Who closed it?", "answers": [], "is_impossible": True},
    ]
    data = [{"title": "Port", "paragraphs": [{"context": CONTEXT, "qas": qas}]}]
    file = shell.home / name
    file.write_text(json.dumps({"version": "v2.0", "data": data}), encoding="utf-8")
    return file


def test_a_squad_file_is_imported_and_the_next_commands_work(shell: Shell) -> None:
    squad(shell, "it's a port.json")
    ran = shell.byline("eval", "import", "squad", "it's a port.json")
    assert ran.code == 0, ran.err
    first, *rest = ran.out.splitlines(keepends=True)
    for fact in ("2 questions", "1 unanswerable", "1 article", "it's a port"):
        assert fact in first
    assert "".join(rest) == (
        "Next:\n"
        "  byline index 'it'\"'\"'s a port/articles' --index 'it'\"'\"'s a port/index'\n"
        "  byline eval 'it'\"'\"'s a port/questions.jsonl' --index 'it'\"'\"'s a port/index'\n"
    )
    assert ran.err.startswith("byline: 1 accepted answer left out")
    assert ran.err.endswith("(first: a)\n")
    assert shell.byline("index", "it's a port/articles", "--index", "index").code == 0
    ran = shell.byline("ask", "A ship ran aground.", "--index", "index")
    assert "it's a port/articles/port.txt:3:" in ran.out


def test_an_import_overwrites_only_with_overwrite(shell: Shell) -> None:
    squad(shell)
    assert shell.byline("eval", "import", "squad", "port.json", "made").code == 0
    again = ("eval", "import", "squad", "port.json", "made")
    assert_one_line_error(shell.byline(*again), "made is not empty", "--overwrite")
    assert shell.byline(*again, "--overwrite").code == 0


def test_a_file_that_is_not_squad_is_an_error_of_one_line(shell: Shell) -> None:
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
    assert ran.code == 0
    for fact in ("1 question ", "0 unanswerable", "1 article", "made"):
        assert fact in ran.out.splitlines()[0]
    assert_one_line_error(shell.byline("eval", "import", "beir", "news", "x"), "news is not a BEIR")


def test_a_news_folder_is_imported_and_can_be_asked(indexed: Shell) -> None:
    source = indexed.home / "source"
    (source / "articles").mkdir(parents=True)
    (source / "articles" / "port.txt").write_bytes(b"Port\n\nThe port is closed.\n")
    answer = {"text": "The port is closed", "start": 6}
    question = {"id": "a", "article": "port.txt", "kind": "span", "question": "Is it open?"}
    (source / "questions.jsonl").write_text(
        json.dumps(question | {"answers": [answer]}), encoding="utf-8"
    )
    ran = indexed.byline("eval", "import", "news", "source", "made")
    assert ran.out.startswith("1 question (0 unanswerable) about 1 article"), ran
    for fact in ("byline index made/articles", "byline eval made/questions.jsonl"):
        assert fact in ran.out
    (read,) = read_questions(indexed.home / "made" / "questions.jsonl")
    assert read.gold == [Gold("articles/port.txt", 3, ["The port is closed"])]
    assert_one_line_error(
        indexed.byline("eval", "import", "news", "news", "x"), "news is not a news folder"
    )


def test_the_marks_of_the_chat_become_a_set_with_portable_paths(indexed: Shell) -> None:
    gold = Gold(str(indexed.news / "port.txt"), 1, ["port"])
    marked = Question(id="mark-1", question="Why?", history=[], gold=[gold])
    file = marks_file()
    assert_one_line_error(indexed.byline("eval", "import", "marks", "mine.jsonl"), "no marks")
    indexed.write(str(file), json.dumps({
        "id": "mark-1", "question": "Why?",
        "gold": [{"path": gold.path, "line": 1, "answers": ["port"]}],
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
    assert "nowhere is not on news/port.txt:1\n" in ran.out
    assert ran.out.count("Saved as") == 2
    assert ran.err == "byline: 2 saved in my.jsonl (2 in total)\n"
    assert ran.out.endswith("Next:\n  byline eval my.jsonl\n")
    one, two = written(indexed)
    # Answers have the wording of the line, and paths start from the folder of the set.
    assert one.gold == [Gold("news/port.txt", 1, ["the port", "closed"])]
    assert (one.id, one.question, one.tags) == ("my-001", "what is closed", ["what", "easy"])
    assert (two.id, two.gold, two.tags, two.is_gold_known) == ("my-002", [], [], True)


def test_the_answer_of_byline_is_the_default(indexed: Shell) -> None:
    ran = typed(indexed, "Nobody has the money to dig it out.", "1", "", "", "")
    assert "Answer on news/port.txt:1 [Nobody has the money to dig it out.]: " in ran.out
    (one,) = written(indexed)
    assert one.gold == [Gold("news/port.txt", 1, ["Nobody has the money to dig it out."])]


def test_several_lines_and_any_indexed_line_can_be_chosen(indexed: Shell) -> None:
    lines = "".join(f"Fact number {n} is known.\n\n" for n in range(1, 31))
    indexed.write("facts.txt", lines)
    assert indexed.byline("index").code == 0
    ran = typed(
        indexed,
        "fact number known", "m", "12, 3", "Fact", "", "Fact", "", "",
        "fact again", "0", "99", "x", "", "news/no.txt:1", "news/facts.txt:99",
        "news/facts.txt:59", "", "number 30", "", "",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    assert " 12  news/facts.txt:" in ran.out
    for message in ("0 is neither", "99 is neither", "x is neither", "nothing is neither",
                    "news/no.txt", "lines 1 to 60"):  # fmt: skip
        assert message in ran.out
    several, named = written(indexed)
    assert [gold.path for gold in several.gold] == ["news/facts.txt"] * 2
    assert len({gold.line for gold in several.gold}) == 2
    assert named.gold == [Gold("news/facts.txt", 59, ["number 30"])]


def test_answers_on_the_same_line_are_merged(indexed: Shell) -> None:
    typed(indexed, "the port money", "1 2", "the port", "", "the money", "", "")
    (one,) = written(indexed)
    assert len(one.gold) == 1
    assert sorted(one.gold[0].answers) == ["the money", "the port"]


def test_a_follow_up_keeps_the_questions_before_it(indexed: Shell) -> None:
    first = ("When was the mill sold?", "n", "")
    ran = typed(indexed, *first, "+ Is it old?", "n", "", "+why", "s", "+And why?", "n", "")
    assert ran.code == 0, ran.err
    assert "After: When was the mill sold?\nSearched for: " in ran.out
    # Skipped questions are not part of the conversation.
    assert [(one.question, one.history) for one in written(indexed)] == [
        ("When was the mill sold?", []),
        ("Is it old?", ["When was the mill sold?"]),
        ("And why?", ["When was the mill sold?", "Is it old?"]),
    ]
    # The next time it continues after the last of the set; other questions start over.
    typed(indexed, "+ Who says so?", "n", "", "What is closed?", "n", "", "+ Why?", "n", "")
    assert [one.history for one in written(indexed)[3:]] == [
        ["When was the mill sold?", "Is it old?", "And why?"],
        [],
        ["What is closed?"],
    ]


def test_a_follow_up_needs_a_question_before_it(indexed: Shell) -> None:
    ran = typed(indexed, "+ Is it old?", "+", "")
    assert ran.out.count("No earlier question") == 1
    assert "follow-up" not in ran.out
    assert not (indexed.home / "my.jsonl").exists()


def test_skipped_questions_and_unusable_ones_are_not_saved(indexed: Shell) -> None:
    ran = typed(indexed, "", "why", "s", "w" * 4001, "who", "N", "")
    assert "the question has 4,001 characters" in ran.out
    assert [one.question for one in written(indexed)] == ["who"]


def test_adding_to_a_set_keeps_its_lines(indexed: Shell) -> None:
    kept = {"id": "my-002", "question": "Why?", "gold": [], "tags": ["old"]}
    # Without a final line break, as some editors save it.
    (indexed.home / "my.jsonl").write_text(json.dumps(kept), encoding="utf-8")
    ran = typed(indexed, "who", "n", "")
    assert ran.err == "byline: 1 saved in my.jsonl (2 in total)\n"
    assert [one.id for one in written(indexed)] == ["my-002", "my-003"]
    assert json.dumps(kept) == (indexed.home / "my.jsonl").read_text().splitlines()[0]


def test_an_invalid_set_is_reported_before_loading(indexed: Shell) -> None:
    (indexed.home / "my.jsonl").write_text("notes\n", encoding="utf-8")
    assert_one_line_error(typed(indexed, "who"), "my.jsonl, line 1", "not JSON")
    assert indexed.models.question_encoders == []
    assert (indexed.home / "my.jsonl").read_text(encoding="utf-8") == "notes\n"


def test_hostile_text_and_names_are_sanitised(shell: Shell) -> None:
    shell.write("po\x1b[2Jrt.txt", "The \x1b[31mport\u202e is closed.")
    assert shell.byline("index", "news").code == 0
    ran = typed(shell, "the port \x1b]0;x\x07", "1", "nowhere \x1b[1m", "is", "", "")
    assert ran.code == 0, ran.err
    assert not {"\x1b", "\x07", "\u202e"} & set(ran.out + ran.err)
    assert [one.gold[0].path for one in written(shell)] == ["news/po\x1b[2Jrt.txt"]


@pytest.mark.parametrize("name", ["my.jsonl", "new/sets/my.jsonl"])
def test_an_empty_input_writes_nothing(indexed: Shell, name: str) -> None:
    ran = typed(indexed, name=name)
    assert (ran.code, ran.err) == (0, f"byline: 0 saved in {name} (0 in total)\n")
    assert not (indexed.home / name).exists()
