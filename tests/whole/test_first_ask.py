"""The very first question indexes the bundled articles and prepares model and reader, once."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.tui.fakes import FOREIGN, home_variables
from tests.whole.test_imports import ROOT, TORCH

ASKED = ("ask", "Who signed the Czech radar treaty?", "--threshold", "0", "--json")
SCRIPT = """
import json, sys
from tui.cli.main import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted({name.split(".")[0] for name in sys.modules})]))
"""


@dataclass(frozen=True, slots=True)
class First:
    """What a process left behind that asked a question."""

    code: int
    reply: Any
    told: list[str]
    """Lines of standard error."""
    modules: set[str]

    @property
    def answers(self) -> list[tuple[str, str, float]]:
        """Text, quote and confidence of each."""
        return [(one["text"], one["quote"], one["confidence"]) for one in self.reply["answers"]]


def ask(home: Path) -> First:
    """Ask in a fresh interpreter."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, *ASKED],
        cwd=ROOT, env=kept | home_variables(home), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    reply, last = ended.stdout.splitlines()
    code, modules = json.loads(last)
    return First(code, json.loads(reply), ended.stderr.splitlines(), set(modules))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("first")


@pytest.fixture(scope="module")
def first(home: Path) -> First:
    return ask(home)


def prepared(home: Path) -> list[Path]:
    return sorted((home / "cache" / "byline" / "models").iterdir())


def test_the_first_question_prepares_everything_and_says_so(first: First, home: Path) -> None:
    assert first.code == 0
    assert first.told[0].startswith("You have no index yet; this asks the articles that come with")
    # A reader that cannot be had would fail before anything is built.
    assert first.told[1] == "Preparing the reader, once …"
    assert first.told[-1] == "Preparing the model for questions, once …"
    assert modules_of_torch(first) >= {"torch", "transformers"}
    # Nothing that was put together on the way is left.
    model, reader = prepared(home)
    assert "-" not in model.name
    assert reader.name.startswith("reader-")


def modules_of_torch(asked: First) -> set[str]:
    return asked.modules & TORCH


def test_the_second_question_says_nothing_loads_no_torch_and_is_answered_the_same(
    first: First, home: Path
) -> None:
    second = ask(home)
    assert (second.code, second.told, modules_of_torch(second)) == (0, [], set())
    assert second.answers == first.answers
    assert "onnxruntime" in second.modules


def test_a_reader_that_was_deleted_from_the_cache_is_prepared_again(
    first: First, home: Path
) -> None:
    _, reader = prepared(home)
    shutil.rmtree(reader)
    again = ask(home)
    assert (again.code, again.told) == (0, ["byline: preparing the reader (first use only)"])
    assert again.answers == first.answers
    assert prepared(home)[1] == reader
