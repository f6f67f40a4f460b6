"""What a parser may do and use; the parsers here are of formats that only these tests have."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.articles.formats import isolation
from index.articles.formats.document import ExtractedDocument
from index.articles.formats.isolation import Limits, close, read_isolated
from index.articles.text import NotText

_WORKER = """
import sys
from types import ModuleType

from index.articles.formats import registry, worker
from index.articles.formats.document import DocumentWriter
from index.articles.places import Place

def says(text):
    writer = DocumentWriter()
    writer.add([(text, Place(1, 1))])
    return writer.document()

def read(data):
    exec(data.decode(), globals())
    return says(answer)

sys.modules["index.articles.formats.code"] = ModuleType("code")
sys.modules["index.articles.formats.code"].read = read
worker.FORMATS = (registry.Format("code", "code", ()),)
worker.main()
"""
"""Runs the worker with a format whose files are programs."""


@pytest.fixture(autouse=True, scope="module")
def programs() -> Iterator[None]:
    close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(isolation, "_COMMAND", (sys.executable, "-c", _WORKER))
        yield
    close()


def run(program: str, limits: Limits = Limits(20)) -> str:  # noqa: B008
    """Return the text that a program sets as its answer, or why it was refused."""
    document = read_isolated("code", program.encode(), limits)
    if isinstance(document, NotText):
        return f"refused: {document.reason}"
    assert isinstance(document, ExtractedDocument)
    return document.text.text


def works() -> bool:
    return run("answer = 'works'") == "works"


@pytest.mark.parametrize(
    "program",
    [
        "open(CANARY, 'w')",
        "import os; os.open(CANARY, os.O_CREAT | os.O_WRONLY)",
        "import os; os.system('touch ' + CANARY)",
        "import subprocess; subprocess.run(['touch', CANARY])",
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9/')",
        "import os; os.remove(KEPT)",
        "import shutil; shutil.rmtree(FOLDER)",
        "import os; os.fork()",
        "raise ValueError('no')",
        "def deep(): deep()\ndeep()",
        "answer = 'x' * (17 * 1024 ** 2)",
    ],
)
def test_what_a_parser_may_not_do_costs_its_file_alone(program: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.touch()
    names = {"CANARY": tmp_path / "canary", "KEPT": kept, "FOLDER": tmp_path}
    said = "".join(f"{name} = {str(path)!r}\n" for name, path in names.items())
    assert run(said + program).startswith("refused: ")
    assert list(tmp_path.iterdir()) == [kept]
    assert works()


def test_a_parser_that_takes_too_much_memory_is_refused() -> None:
    assert "memory" in run("answer = 'x' * 3 * 1024 ** 3")
    assert works()


def test_a_parser_that_takes_too_long_is_ended() -> None:
    started = time.monotonic()
    assert "1 second" in run("while True: pass", Limits(1))
    assert time.monotonic() - started < 60
    assert works()


def test_a_parser_that_waits_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "_WALL_FACTOR", 0.5)
    assert "1 second" in run("import time; time.sleep(600)", Limits(1))


def test_a_parser_that_crashes_costs_its_file_alone() -> None:
    assert "crashed" in run("import os; os.abort()")
    assert works()


def test_what_libraries_print_disturbs_nothing() -> None:
    assert run("import os; print('x' * 99); os.write(1, b'x' * 99); answer = 'works'") == "works"


def test_a_worker_ends_with_the_process_that_started_it() -> None:
    program = (
        "from index.articles.formats import isolation\n"
        "isolation.read_isolated('HTML', b'<p>Here.')\n"
        "print(isolation._worker._process.pid, flush=True)\n"
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert ran.returncode == -signal.SIGKILL
    running = Path(f"/proc/{int(ran.stdout)}/exe")
    deadline = time.monotonic() + 30
    while running.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not running.exists()
