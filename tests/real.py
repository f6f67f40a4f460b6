"""A home whose models were prepared, and whose index was built, by the first question."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from filelock import FileLock

from index.storage.store import Store
from qa.reader.shipped import FAST_READER
from tests.tui.fakes import FOREIGN, home_variables

ROOT = Path(__file__).parents[1]
ARGUMENTS = ("ask", "Who signed the Czech radar treaty?", "--threshold", "0", "--json")
SCRIPT = """
import json, sys
from tui.cli.main import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted({name.split(".")[0] for name in sys.modules})]))
"""


class Asked(msgspec.Struct, frozen=True):
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


@dataclass(frozen=True)
class Home:
    """A home with the real models, of readers the fast one, and the index of bundled articles."""

    folder: Path

    @property
    def store(self) -> Store:
        return Store(self.folder / "data" / "byline" / "bundled")

    @property
    def cache(self) -> Path:
        return self.folder / "cache" / "byline" / "models"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        return kept | home_variables(self.folder) | {"BYLINE_READER": FAST_READER}

    @property
    def first(self) -> Asked:
        """The first question, which found nothing prepared."""
        return msgspec.json.decode((self.folder / "first.json").read_bytes(), type=Asked)

    def ask(self) -> Asked:
        """Ask in a fresh interpreter."""
        ended = subprocess.run(
            [sys.executable, "-c", SCRIPT, *ARGUMENTS],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stderr
        reply, last = ended.stdout.splitlines()
        code, modules = json.loads(last)
        return Asked(code, json.loads(reply), ended.stderr.splitlines(), set(modules))


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The home after the first question, which is asked once for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    home = Home((base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "real")
    with FileLock(f"{home.folder}.lock"):
        if not home.folder.exists():
            home.folder.mkdir()
            first = home.ask()
            (home.folder / "first.json").write_bytes(msgspec.json.encode(first))
    return home
