"""Heavy modules must not be imported where nothing uses them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.real import Home

ROOT = Path(__file__).parents[2]
PACKAGES = ("index", "qa", "eval", "tui")
TORCH = {"torch", "transformers", "sentence_transformers"}
UNUSED = TORCH | {"textual", "sklearn", "onnx", "eval", "rich"}
"""What no command on a pipe imports: a pipe has no colours and no progress."""


def loaded(script: str, *arguments: str, home: Home | None = None) -> set[str]:
    """Run a script in a fresh interpreter; return the top-level modules that it loaded."""
    tail = "\nimport json, sys\nprint('\\n' + json.dumps(sorted(sys.modules)))\n"
    ended = subprocess.run(
        [sys.executable, "-c", script + tail, *arguments],
        cwd=ROOT, env=home.environment if home else None, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return {name.split(".")[0] for name in json.loads(ended.stdout.splitlines()[-1])}


@pytest.mark.parametrize(
    "arguments", [("ask", "Who signed the Czech radar treaty?", "--threshold", "0"), ("check",)]
)
def test_a_question_is_answered_without_torch(real: Home, arguments: tuple[str, ...]) -> None:
    script = "import sys\nfrom tui.cli.main import run\nassert run(sys.argv[1:]) == 0\n"
    modules = loaded(script, *arguments, home=real)
    # A question runs the models; a check only reads their files.
    assert ({"onnxruntime", "tokenizers"} <= modules) == (arguments[0] == "ask")
    assert not modules & UNUSED


def test_the_command_line_starts_without_heavy_modules() -> None:
    heavy = {"numpy", "faiss", "rich", "textual", "tantivy", "onnxruntime", "tokenizers", "sqlite3"}
    assert not loaded("import tui.cli.main") & (TORCH | heavy)
    help_page = "from tui.cli.main import run\nassert run([]) == 0"
    assert not loaded(help_page) & (TORCH | heavy)


def test_the_first_frame_of_the_chat_loads_no_engine() -> None:
    script = "import tui.chat.setup, tui.chat.screens.chat_screen"
    engines = {"numpy", "faiss", "tantivy", "onnxruntime", "tokenizers", "sqlite3", "tiktoken"}
    assert not loaded(script) & (TORCH | engines | {"markdown_it", "aiohttp", "sklearn"})


def test_no_module_imports_torch_at_the_top_level() -> None:
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name != "__main__.py"
    ]
    assert len(names) > 40
    script = f"import importlib\nfor name in {names!r}:\n    importlib.import_module(name)\n"
    assert not loaded(script) & TORCH


def test_loaded_modules_are_detected() -> None:
    assert "sqlite3" in loaded("import sqlite3")
