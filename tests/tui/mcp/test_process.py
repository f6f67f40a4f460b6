"""`byline mcp` in a process of its own, to which the messages of a client are replayed."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.test_imports import TORCH, loaded
from tests.tui.conftest import MILL
from tests.tui.fakes import Shell, assert_one_line_error
from tests.tui.terminal import FAKED, environment

SESSION = (Path(__file__).parent / "session.jsonl").read_bytes()
PATIENCE = 120.0
FIRST = b"".join(SESSION.splitlines(keepends=True)[:3])


@pytest.mark.slow
def test_the_messages_of_a_client_are_answered_and_nothing_else_is_written(indexed: Shell) -> None:
    process = subprocess.Popen(
        [*FAKED, "mcp", "--threshold", "0"],
        cwd=indexed.home, env=environment(indexed.home),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stdin and process.stdout
        process.stdin.write(SESSION)
        process.stdin.flush()
        answers: dict[Any, Any] = {}
        while len(answers) < 10:
            message = json.loads(process.stdout.readline())
            assert message["jsonrpc"] == "2.0"
            if "id" in message:
                answers[message["id"]] = message
        process.stdin.close()
        assert process.stdout.read() == b""
        assert process.wait(PATIENCE) == 0
    assert set(answers) == {0, 1, 2, 3, 4, 5, "6", 7, 8, 9}
    opened = answers[0]["result"]
    assert (opened["protocolVersion"], opened["serverInfo"]["name"]) == ("2025-06-18", "byline")
    assert {"tools", "resources", "prompts"} <= set(opened["capabilities"])
    assert len(answers[1]["result"]["tools"]) == 6
    citation = answers[5]["result"]["structuredContent"]["answers"][0]["citations"][0]
    assert (citation["path"], citation["line"]) == ("news/in/mill.txt", 1)
    assert answers["6"]["result"] == {}
    assert answers[7]["result"]["structuredContent"]["passages"] == 1
    assert answers[8]["result"]["structuredContent"]["lines"] == [{"line": 1, "text": MILL}]
    assert answers[9]["result"]["isError"] is True


@pytest.mark.slow
def test_the_first_answers_load_no_engine() -> None:
    script = f"""
import gc, os, sys
reading, writing = os.pipe()
os.write(writing, {FIRST!r})
os.close(writing)
os.dup2(reading, 0)
sys.stdin = open(0)
from tui.cli.main import run
assert run(["mcp"]) == 0
assert gc.isenabled()
"""
    engines = {"numpy", "faiss", "tantivy", "onnxruntime", "tokenizers", "sqlite3", "tiktoken"}
    modules = loaded(script)
    assert "mcp" in modules
    assert not modules & (TORCH | engines | {"markdown_it", "textual", "rich"})


def test_a_missing_extra_is_named(shell: Shell) -> None:
    shell.patch.setattr("index.errors.find_spec", lambda _: None)
    assert_one_line_error(shell.byline("mcp"), "byline[mcp]")
