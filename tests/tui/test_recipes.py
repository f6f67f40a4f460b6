"""The code of docs/python.md runs as it is printed."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.tui.fakes import Shell

PAGE = (Path(__file__).parents[2] / "docs" / "python.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^### (.+?)\n.*?^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
QUESTIONS = "question,expected\nThe mill was sold in May.,May\nWho painted the pier?,nobody\n"


@pytest.fixture
def run(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401
    """Runs a recipe next to a folder `news`; returns the names that it defines."""
    shell.write("mill.txt", "The mill was sold in May. It is very old.")
    (shell.home / "questions.csv").write_text(QUESTIONS)

    def runner(name: str) -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(compile(RECIPES[name], name, "exec"), names)
        return names

    return runner


def test_there_are_six_recipes() -> None:
    assert len(RECIPES) == 6


def test_the_notebook(run: Any) -> None:  # noqa: ANN401
    names = run("In a notebook")
    with names["articles"] as articles:
        shown = names["Answers"](articles.ask("The mill was sold in May."))._repr_html_()
    assert "<td>The mill was sold in May.<td>" in shown
    assert "news/mill.txt:1" in shown


def test_the_web_application(run: Any) -> None:  # noqa: ANN401
    from starlette.testclient import TestClient

    names = run("In a web application")
    with names["articles"], TestClient(names["app"]) as client:
        answers = client.get("/ask", params={"question": "The mill was sold in May."}).json()
        assert answers[0]["quote"] == "The mill was sold in May."
        assert client.get("/ask").status_code == 400


def test_every_question_of_a_file(run: Any, shell: Shell) -> None:  # noqa: ANN401
    run("Every question of a CSV file")
    _, answered, unanswered = (shell.home / "answers.csv").read_text().splitlines()
    assert answered.startswith("The mill was sold in May.,The mill was sold in May.,")
    assert ",news/mill.txt,1," in answered
    assert unanswered == "Who painted the pier?,,,,,"


def test_a_reader_is_measured(run: Any, shell: Shell) -> None:  # noqa: ANN401
    run("Your own reader, measured")
    assert shell.capture.readouterr().out.decode() == "byline: 50% right\nbyline-fast: 0% right\n"


def test_the_conversation(run: Any, shell: Shell) -> None:  # noqa: ANN401
    run("A conversation")
    assert "mill" in shell.capture.readouterr().out.decode()


def test_the_event_loop(run: Any, shell: Shell) -> None:  # noqa: ANN401
    run("While something else goes on")
    out = shell.capture.readouterr().out.decode()
    assert "Progress(" in out
    assert "news/mill.txt:1: The mill was sold in May." in out
