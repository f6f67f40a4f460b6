"""`byline eval` in this process, with fake models."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import BashComplete

from eval.outcomes import Outcome
from eval.runs.examine import Examiner
from eval.sets.question_set import Question
from tests.tui.fakes import Ran, Shell, assert_one_line_error
from tui.cli.main import cli


class _Source:
    fingerprint = "f" * 64


@pytest.fixture(name="indexed")
def evaluated(indexed: Shell) -> Shell:
    return stand_in(indexed)


@pytest.fixture(name="shell")
def bare(shell: Shell) -> Shell:
    return stand_in(shell)


def stand_in(shell: Shell) -> Shell:
    shell.patch.setattr("tui.cli.commands.eval.find_reader", lambda _: _Source())
    shell.patch.setattr("tui.cli.commands.eval.cold_start", lambda *_: 800.0)
    return shell


PORT = {
    "id": "port",
    "question": "the port is closed.",
    "gold": [{"path": "news/port.txt", "line": 1, "answers": ["the port is closed"]}],
}
MILL = {
    "id": "mill",
    "question": "When was the mill purchased, and by whom?",
    "gold": [{"path": "news/in/mill.txt", "line": 1, "answers": ["The mill was sold in May."]}],
}
CATS = {"id": "cats", "question": "Why do cats purr?", "gold": []}


def write_set(shell: Shell, *questions: dict[str, Any]) -> str:
    lines = "".join(f"{json.dumps(one)}\n" for one in questions or (PORT, MILL, CATS))
    (shell.home / "my.jsonl").write_text(lines, encoding="utf-8")
    return "my.jsonl"


def evaluate(shell: Shell, *options: str) -> Ran:
    return shell.byline("eval", write_set(shell), *options)


def figures(shell: Shell, *options: str) -> dict[str, float]:
    return figures_of(evaluate(shell, "--json", *options))


def figures_of(ran: Ran) -> dict[str, float]:
    assert ran.code == 0, ran.err
    return {one["name"]: one["value"] for one in ran.json["results"]["figures"]}


def test_a_set_is_asked_and_its_figures_are_printed(indexed: Shell) -> None:
    ran = evaluate(indexed)
    assert ran.code == 0, ran.err
    for expected in ("Exact match", "Ranking", "Failed because", "800 ms", "byline eval show\n"):
        assert expected in ran.out
    # The port is answered plainly; the mill and the cats are refused.
    assert re.search(r"an answer +1 +100\.0%", ran.out)
    assert re.search(r"no confident answer +2 +50\.0%", ran.out)
    assert "No threshold for at most 20% wrong answers proposed" in ran.out
    assert ran.err == ""


def test_the_same_figures_are_printed_as_json_and_nothing_else(indexed: Shell) -> None:
    ran = evaluate(indexed, "--json")
    values = figures_of(ran)
    # The port is answered exactly, the mill is below the threshold, the cats are refused.
    assert values["exact"] == pytest.approx(2 / 3)
    assert values["answered"] == 0.5
    assert values["no-answer-recall"] == 1
    assert values["cold-start"] == 800
    assert [one["id"] for one in ran.json["outcomes"]] == ["port", "mill", "cats"]
    assert ran.json["outcomes"][1]["cause"] == "should have answered"
    assert ran.json["settings"]["generation"]
    assert ran.json["settings"]["reader_fingerprint"] == "f" * 64
    assert ran.json["comparisons"] == []
    assert ran.json["proposal"] == {
        "risk": 0.2, "error": 0.1, "questions": 3, "threshold": None, "given": 1, "wrong": 0,
        "needed": 48,
    }  # fmt: skip


@pytest.mark.parametrize("options", [("--json", "run.json"), ("--json=run.txt",)])
def test_json_is_written_to_a_named_file(indexed: Shell, options: tuple[str, ...]) -> None:
    ran = evaluate(indexed, *options)
    assert ran.code == 0
    assert "Exact match" in ran.out
    file = indexed.home / options[-1].removeprefix("--json=")
    assert f"written to {file}" in ran.err
    written = json.loads(file.read_text(encoding="ascii"))
    assert [one["id"] for one in written["outcomes"]] == ["port", "mill", "cats"]


def test_a_set_after_json_is_asked_and_not_overwritten(indexed: Shell) -> None:
    name = write_set(indexed)
    before = (indexed.home / name).read_bytes()
    ran = indexed.byline("eval", "--json", name)
    assert [one["id"] for one in ran.json["outcomes"]] == ["port", "mill", "cats"]
    assert (indexed.home / name).read_bytes() == before


def test_without_a_set_the_bundled_questions_are_asked(indexed: Shell) -> None:
    ran = indexed.byline("eval", "--limit", "5", "--json")
    assert ran.code == 0, ran.err
    exported = ran.json
    assert exported["settings"]["set_name"] == "bundled"
    assert exported["settings"]["index"].endswith("byline/bundled")
    assert len(exported["outcomes"]) == 5
    assert all(one["is_indexed"] for one in exported["outcomes"])


def test_a_resumed_run_asks_no_question_twice(indexed: Shell) -> None:
    asked: list[str] = []
    ask = Examiner.ask

    def interrupted(self: Examiner, question: Question) -> Outcome:
        if question.id == "cats" and "cats" not in asked:
            asked.append("cats")
            raise KeyboardInterrupt
        asked.append(question.id)
        return ask(self, question)

    indexed.patch.setattr(Examiner, "ask", interrupted)
    assert evaluate(indexed).code == 130
    again = evaluate(indexed)
    assert again.code == 0
    assert "resuming run" in again.err
    assert "2 questions done" in again.err
    assert asked == ["port", "mill", "cats", "cats"]
    evaluate(indexed)
    assert asked[4:] == ["port", "mill", "cats"]


def test_fresh_starts_over(indexed: Shell) -> None:
    ask = Examiner.ask

    def interrupted(self: Examiner, question: Question) -> Outcome:
        if question.id == "cats":
            raise KeyboardInterrupt
        return ask(self, question)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Examiner, "ask", interrupted)
        evaluate(indexed)
    ran = evaluate(indexed, "--fresh")
    assert (ran.code, ran.err) == (0, "")
    listed = indexed.byline("eval", "runs").out
    assert "".join(listed.split()).count("my.jsonl") == 2
    assert "interrupted" in listed


def test_the_exit_code_is_1_if_a_minimum_is_missed(indexed: Shell) -> None:
    assert evaluate(indexed, "--at-least", "exact=0.6", "--at-least", "answered=0.5").code == 0
    ran = evaluate(indexed, "--at-least", "exact=0.9", "--at-least", "answered=0.5")
    assert ran.code == 1
    for expected in ("exact", "66.7%", "90.0%", "0.2333"):
        assert expected in ran.err
    assert ran.err.count("\n") == 1


def test_an_invalid_minimum_is_reported_before_asking(indexed: Shell) -> None:
    assert_one_line_error(evaluate(indexed, "--at-least", "f2=0.5"), "there is no figure f2")
    assert not (indexed.home / "data/byline/runs").exists()


@pytest.mark.slow
def test_changes_since_the_last_run_are_printed(indexed: Shell) -> None:
    first = evaluate(indexed, "--compare")
    assert first.code == 0
    assert "no earlier run of this set" in first.err
    ran = evaluate(indexed, "--threshold", "0", "--compare")
    assert ran.code == 0
    assert "Since " in ran.out
    assert "(refused)" in ran.out
    name = ran.out.split("Since ")[1].split()[0]
    named = evaluate(indexed, "--compare", name)
    assert f"Since {name}" in named.out
    assert_one_line_error(evaluate(indexed, "--compare=x"), "there is no run x")


def test_the_word_after_compare_is_a_run_only_if_it_looks_like_one(indexed: Shell) -> None:
    name = write_set(indexed)
    assert evaluate(indexed).code == 0
    ran = indexed.byline("eval", "--compare", name, "--threshold", "0.3")
    assert ran.code == 0, ran.err
    run = ran.out.split("Since ")[1].split()[0]
    assert "Setting" in ran.out
    assert "3 questions asked by both runs\n" in ran.out
    assert re.search(r"threshold +0\.5 +0\.3", ran.out)
    for words in (("--compare", run), (f"--compare={run}",)):
        ran = indexed.byline("eval", *words, name)
        assert f"Since {run}" in ran.out
    nowhere = indexed.byline("eval", "--compare=20010101-000000", name)
    assert_one_line_error(nowhere, "there is no run 20010101-000000")
    ran = indexed.byline("eval", name, "--compare", "last")
    assert_one_line_error(ran, "last is neither a run nor a file", "`byline eval runs`")


def test_the_set_may_follow_two_hyphens(indexed: Shell) -> None:
    ran = indexed.byline("eval", "--compare", "--", write_set(indexed))
    assert "no earlier run of this set" in ran.err


def completed(shell: Shell, *words: str) -> list[str]:
    shell.patch.setenv("COMP_WORDS", " ".join(("byline", *words)))
    shell.patch.setenv("COMP_CWORD", str(len(words)))
    answers = BashComplete(cli, {}, "byline", "_BYLINE_COMPLETE").complete()
    return [answer.partition(",")[2] for answer in answers.splitlines()]


def test_words_are_completed(indexed: Shell) -> None:
    assert evaluate(indexed).code == 0
    (run,) = (indexed.home / "data/byline/runs").iterdir()
    assert completed(indexed, "eval", "--comp") == ["--compare"]
    assert completed(indexed, "eval", "im") == ["im", "import"]
    assert completed(indexed, "eval", "--compare", run.name[:9]) == [run.name]
    # No run has this name: it may be the set.
    assert completed(indexed, "eval", "--compare", "my") == ["my"]
    assert completed(indexed, "eval", "show", "--run", "2") == [run.name]
    assert completed(indexed, "eval", "show", "mi") == ["mill"]
    assert completed(indexed, "eval", "show", "--run", run.name, "c") == ["cats"]
    assert completed(indexed, "eval", "show", "--run", "1", "c") == []
    (run / "outcomes.jsonl").write_text("?\n", encoding="utf-8")
    assert completed(indexed, "eval", "show", "c") == []


@pytest.mark.slow
def test_files_are_written_before_printing(indexed: Shell) -> None:
    def broken(*_: object) -> None:
        raise BrokenPipeError

    indexed.patch.setattr("tui.cli.commands.eval.show_results", broken)
    evaluate(indexed, "--predictions", "p.json", "--report", "r.html")
    assert (indexed.home / "p.json").stat().st_size > 0
    assert (indexed.home / "r.html").stat().st_size > 0


@pytest.mark.parametrize(
    "component", ["keywords", "vectors", "duplicates", "reader", "stopping", "history"]
)
def test_a_component_can_be_ablated(indexed: Shell, component: str) -> None:
    ran = evaluate(indexed, "--json", "--without", component)
    assert figures_of(ran)["fused-recall@50"] > 0
    assert ran.json["settings"]["without"] == [component]


def test_replies_are_written_for_squad_s_scorer(indexed: Shell) -> None:
    assert evaluate(indexed, "--predictions", "p.json").code == 0
    replies = json.loads((indexed.home / "p.json").read_text(encoding="ascii"))
    probabilities = json.loads((indexed.home / "p.na-prob.json").read_text(encoding="ascii"))
    assert replies == {"port": "the port is closed.", "mill": "", "cats": ""}
    assert set(probabilities) == set(replies)
    assert probabilities["port"] < 0.5 < probabilities["cats"] <= 1


@pytest.mark.slow
def test_a_report_is_one_file(indexed: Shell) -> None:
    ran = evaluate(indexed, "--report", "r.html")
    assert ran.code == 0
    html = (indexed.home / "r.html").read_text(encoding="utf-8")
    assert html.startswith("<!doctype html>")
    assert "the port is closed." in html
    assert "r.html" in ran.err


def test_an_unwritable_file_is_reported_before_asking(indexed: Shell) -> None:
    assert_one_line_error(evaluate(indexed, "--report", "no/r.html"), "no/r.html", "folder")
    assert_one_line_error(evaluate(indexed, "--predictions", "/dev/null"), "not a regular file")
    assert_one_line_error(evaluate(indexed, "--report", "."), "is a directory")
    assert not (indexed.home / "data/byline/runs").exists()


def test_gold_that_does_not_match_is_reported_and_the_run_continues(indexed: Shell) -> None:
    wrong = {**PORT, "gold": [{"path": "news/port.txt", "line": 1, "answers": ["Gdansk\x1b[2J"]}]}
    ran = indexed.byline("eval", write_set(indexed, wrong))
    assert ran.code == 0
    assert "question port, news/port.txt:1" in ran.err
    assert "\x1b" not in ran.err


def test_terminal_controls_are_made_visible(indexed: Shell) -> None:
    odd = {**CATS, "id": "c\u202ea", "question": "Why\x1b[31m?"}
    indexed.byline("eval", write_set(indexed, odd))
    ran = indexed.byline("eval", write_set(indexed, odd), "--threshold", "0", "--compare")
    assert ran.code == 0
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


@pytest.mark.parametrize(
    ("lines", "message"),
    [("", "no questions"), ("{}\n", "line 1: invalid question"), ("[\n", "line 1")],
)
def test_an_invalid_set_is_an_error_of_one_line(indexed: Shell, lines: str, message: str) -> None:
    (indexed.home / "bad.jsonl").write_text(lines, encoding="utf-8")
    assert_one_line_error(indexed.byline("eval", "bad.jsonl"), "bad.jsonl", message)
    assert_one_line_error(indexed.byline("eval", "none.jsonl"), "none.jsonl", "cannot be read")


def test_the_scope_can_be_limited(indexed: Shell) -> None:
    values = figures(indexed, "--in", "news/in")
    assert values["fused-recall@50"] == 0.5
    ran = evaluate(indexed, "--in", "nowhere")
    assert ran.code == 2
    assert "no indexed article is at or under nowhere" in ran.err


def test_the_filters_of_a_run_are_among_its_settings(indexed: Shell) -> None:
    indexed.write("2011-05-03.txt", "Three ships were late. Nobody minded.")
    assert indexed.byline("index", "news").code == 0
    ran = indexed.byline("eval", write_set(indexed, CATS), "--since", "2011", "--json")
    assert ran.json["settings"]["since"] == "2011-01-01"


def test_figures_are_shown_for_each_tag(indexed: Shell) -> None:
    assert "no answer" not in evaluate(indexed).out
    span, hostile = {"tags": ["span"]}, {"tags": ["\x1b[2J"]}
    name = write_set(indexed, {**PORT, **span}, {**MILL, **span}, {**CATS, **hostile})
    ran = indexed.byline("eval", name)
    assert ran.code == 0, ran.err
    # The port is right, the mill is right below the threshold.
    assert re.search(r"span +2 +0 +50\.0% +100\.0% +50\.0% +100\.0% *\n", ran.out)
    assert re.search(r"␛\[2J +1 +1 +100\.0% *\n", ran.out)
    first, second = indexed.byline("eval", name, "--json").json["results"]["tags"]
    assert (first["tag"], second["tag"], second["questions"]) == ("\x1b[2J", "span", 2)


def test_a_question_within_an_article_that_is_not_indexed_is_reported_first(indexed: Shell) -> None:
    kept = {**CATS, "within": ["news/port.txt"]}
    ran = indexed.byline("eval", write_set(indexed, kept), "--json")
    assert ran.json["outcomes"][0]["within"] == ["news/port.txt"]
    lost = {**CATS, "within": ["news/late.txt"]}
    ran = indexed.byline("eval", write_set(indexed, PORT, lost))
    assert ran.code == 2
    for fact in ("question cats", "news/late.txt", "no such file", "no indexed article"):
        assert fact in ran.err
    assert len(list((indexed.home / "data/byline/runs").iterdir())) == 1


def test_an_empty_list_of_runs_names_the_command_that_starts_one(shell: Shell) -> None:
    ran = shell.byline("eval", "runs")
    assert (ran.code, ran.out) == (0, "")
    assert "`byline eval`" in ran.err


def test_the_help_of_eval_shows_its_options_and_its_commands(shell: Shell) -> None:
    ran = shell.byline("eval", "--help")
    assert ran.code == 0
    assert ran.out.startswith("Usage: byline eval ")
    for option in ("[SET]", "--at-least FIGURE=N", "--without", "import", "new", "runs", "show"):
        assert option in ran.out
    assert " run " not in ran.out.split("Commands:")[1].split("Examples")[0]


def test_only_the_user_can_read_stored_runs(indexed: Shell) -> None:
    evaluate(indexed)
    (run,) = (indexed.home / "data/byline/runs").iterdir()
    assert {one.name for one in run.iterdir()} == {
        "settings.json",
        "outcomes.jsonl",
        "results.json",
    }
    assert Path(run).stat().st_mode & 0o77 == 0
