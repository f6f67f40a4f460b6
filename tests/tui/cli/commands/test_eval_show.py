"""`byline eval show`: gold next to answers on the terminal."""

import json

import pytest

from tests.eval.outcomes import outcome
from tests.tui.cli.commands.test_eval import CATS, MILL, evaluate, stand_in, write_set
from tests.tui.fakes import Ran, Shell, assert_one_line_error
from tui.output.eval_questions import show_outcomes


@pytest.fixture(name="evaluated")
def once(indexed: Shell) -> Shell:
    stand_in(indexed)
    indexed.patch.setenv("COLUMNS", "100")
    assert evaluate(indexed).code == 0
    return indexed


def show(shell: Shell, *words: str) -> Ran:
    ran = shell.byline("eval", "show", *words)
    assert ran.code == 0, ran.err
    return ran


def test_gold_is_shown_next_to_answers(evaluated: Shell) -> None:
    out = show(evaluated, "mill").out
    assert out.startswith("When was the mill purchased, and by whom?\nmill · should have answered")
    heads, sides, *_ = (line for line in out.splitlines() if "Gold" in line or "⟦" in line)
    assert heads.split("  ")[0].strip() == "Gold"
    assert "Refused (unsure)" in heads
    # Gold and the closest match are the same sentence, fully marked.
    assert sides.count("⟦The mill was sold in May.⟧") == 2
    assert "news/in/mill.txt:1 " in out
    assert "news/in/mill.txt:1:1" in out


def test_named_questions_are_shown_in_order(evaluated: Shell) -> None:
    out = show(evaluated, "cats", "port").out
    assert out.index("Why do cats purr?") < out.index("the port is closed.")
    assert "Unanswerable" in out
    assert "right" in out


def test_without_ids_failures_are_shown(evaluated: Shell) -> None:
    ran = show(evaluated)
    assert "mill · should have answered" in ran.out
    assert "cats" not in ran.out
    assert ran.err == ""
    assert show(evaluated, "--cause", "should have answered").out == ran.out
    none = show(evaluated, "--cause", "wrong span")
    assert (none.out, none.err.count("\n")) == ("", 1)
    assert "no such failures" in none.err


def test_the_number_of_failures_is_limited(evaluated: Shell) -> None:
    failing = [{**MILL, "id": f"mill-{number}"} for number in range(12)]
    assert evaluated.byline("eval", write_set(evaluated, *failing)).code == 0
    ran = show(evaluated)
    assert ran.out.count("Gold") == 10
    assert "2 more" in ran.err
    assert "--limit" in ran.err
    assert show(evaluated, "--limit", "12").out.count("Gold") == 12


def test_another_run_can_be_named(evaluated: Shell) -> None:
    (run,) = (evaluated.home / "data/byline/runs").iterdir()
    assert evaluated.byline("eval", write_set(evaluated, CATS)).code == 0
    assert "mill" in show(evaluated, "--run", run.name, "mill").out
    assert_one_line_error(evaluated.byline("eval", "show", "mill"), "no question with ID mill")
    assert_one_line_error(evaluated.byline("eval", "show", "--run", "x"), "there is no run x")
    assert_one_line_error(evaluated.byline("eval", "show", "--cause", "x"), "'x' is not one of")


def test_without_runs_the_error_names_the_command_that_starts_one(shell: Shell) -> None:
    assert_one_line_error(shell.byline("eval", "show"), "no runs yet", "`byline eval`")


def test_hostile_text_is_made_visible(evaluated: Shell) -> None:
    evaluated.write("o\x1b[2Jdd.txt", "The \x1b[31mfort\u202e is shut.")
    assert evaluated.byline("index").code == 0
    place = {"path": "news/o\x1b[2Jdd.txt", "line": 1, "answers": ["\x1b[31mfort"]}
    odd = {"id": "a\x07", "question": "The fort \x1b]0;x\x07 is", "gold": [place], "tags": ["\x1b"]}
    evaluated.byline("eval", write_set(evaluated, odd))
    ran = show(evaluated, "a\x07")
    assert "fort" in ran.out
    assert not {"\x1b", "\x07", "\u202e"} & set(ran.out + ran.err)


def test_markup_in_text_is_not_interpreted(capsys: pytest.CaptureFixture[str]) -> None:
    show_outcomes([outcome("a", question="[red]Why[/red] :smile: [/]?", tags=("[bold]",))])
    assert "[red]Why[/red] :smile: [/]?" in capsys.readouterr().out


def test_a_run_without_quotes_is_shown(evaluated: Shell) -> None:
    (run,) = (evaluated.home / "data/byline/runs").iterdir()
    lines = [json.loads(line) for line in (run / "outcomes.jsonl").read_text().splitlines()]
    for line in lines:
        del line["gold_quotes"]
    (run / "outcomes.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    assert "news/in/mill.txt:1 " in show(evaluated, "mill").out
