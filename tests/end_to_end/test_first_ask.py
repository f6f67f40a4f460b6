"""The first question indexes the bundled articles and prepares the models, once."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.test_imports import TORCH, UNUSED
from tests.qa.reader.models import save_bert
from tests.real import ARGUMENTS, Asked, Home
from tests.tui.fakes import home_variables
from tui.cli.main import run


def modules_of_torch(asked: Asked) -> set[str]:
    return asked.modules & TORCH


def test_the_first_question_prepares_everything(real: Home) -> None:
    first = real.first
    assert first.code == 0
    assert "bundled" in first.messages[0]
    # The reader is first: an unavailable one must fail before anything is built.
    assert "reader" in first.messages[1]
    # The model is prepared when the first passages are embedded.
    assert any("loading the model" in message for message in first.messages)
    assert modules_of_torch(first) >= {"torch", "transformers"}
    # No temporary files are left.
    model, reader = sorted(real.cache.iterdir())
    assert model.name.startswith("question-")
    assert reader.name.startswith("reader-")


def test_the_second_question_is_answered_the_same_without_messages_or_torch(real: Home) -> None:
    second = real.ask()
    assert (second.code, second.messages, second.modules & UNUSED) == (0, [], set())
    assert second.answers == real.first.answers
    assert second.modules >= {"onnxruntime", "tokenizers"}


def test_a_reader_deleted_from_the_cache_is_prepared_again(
    real: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for variable, value in home_variables(tmp_path).items():
        monkeypatch.setenv(variable, value)
    cache = tmp_path / "cache" / "byline" / "models"
    (model,) = (path for path in real.cache.iterdir() if not path.name.startswith("reader-"))
    shutil.copytree(model, cache / model.name)
    save_bert(tmp_path / "tiny")

    def ask() -> tuple[Any, list[str]]:
        options = ["--reader", str(tmp_path / "tiny"), "--index", str(real.store.folder)]
        assert run([*ARGUMENTS, *options]) == 0
        written = capsys.readouterr()
        # transformers, long imported here, draws progress bars.
        messages = [line for line in written.err.splitlines() if line.startswith("byline: ")]
        return json.loads(written.out), messages

    first, messages = ask()
    assert len(messages) == 1
    (reader,) = cache.glob("reader-*")
    shutil.rmtree(reader)
    again, (message,) = ask()
    assert "reader" in message
    assert again["answers"] == first["answers"] != []
    assert list(cache.glob("reader-*")) == [reader]
    third, messages = ask()
    assert (third["answers"], messages) == (first["answers"], [])
