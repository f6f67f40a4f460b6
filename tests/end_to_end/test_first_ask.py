"""The first question indexes the bundled articles and prepares the models, once."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.test_imports import ROOT, TORCH
from tests.tui.fakes import FOREIGN, home_variables

ARGUMENTS = ("ask", "Who signed the Czech radar treaty?", "--threshold", "0", "--json")
SCRIPT = """
import json, sys
from tui.cli.main import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted({name.split(".")[0] for name in sys.modules})]))
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """The output of a process that asked a question."""

    code: int
    reply: Any
    messages: list[str]
    """Lines of standard error."""
    modules: set[str]

    @property
    def answers(self) -> list[tuple[str, str, float]]:
        """Text, quote and confidence of each answer."""
        return [(one["text"], one["quote"], one["confidence"]) for one in self.reply["answers"]]


def ask(home: Path) -> Asked:
    """Ask in a fresh interpreter."""
    inherited = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, *ARGUMENTS],
        cwd=ROOT, env=inherited | home_variables(home), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    reply, last = ended.stdout.splitlines()
    code, modules = json.loads(last)
    return Asked(code, json.loads(reply), ended.stderr.splitlines(), set(modules))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("first")


@pytest.fixture(scope="module")
def first(home: Path) -> Asked:
    return ask(home)


def prepared(home: Path) -> list[Path]:
    return sorted((home / "cache" / "byline" / "models").iterdir())


def test_the_first_question_prepares_everything(first: Asked, home: Path) -> None:
    assert first.code == 0
    assert "bundled" in first.messages[0]
    # The reader is first: an unavailable one must fail before anything is built.
    assert "reader" in first.messages[1]
    assert "model for questions" in first.messages[-1]
    assert modules_of_torch(first) >= {"torch", "transformers"}
    # No temporary files are left.
    model, reader = prepared(home)
    assert "-" not in model.name
    assert reader.name.startswith("reader-")


def modules_of_torch(asked: Asked) -> set[str]:
    return asked.modules & TORCH


def test_the_second_question_is_answered_the_same_without_messages_or_torch(
    first: Asked, home: Path
) -> None:
    second = ask(home)
    assert (second.code, second.messages, modules_of_torch(second)) == (0, [], set())
    assert second.answers == first.answers
    assert "onnxruntime" in second.modules


def test_a_reader_deleted_from_the_cache_is_prepared_again(first: Asked, home: Path) -> None:
    _, reader = prepared(home)
    shutil.rmtree(reader)
    again = ask(home)
    (message,) = again.messages
    assert again.code == 0
    assert "reader" in message
    assert again.answers == first.answers
    assert prepared(home)[1] == reader
