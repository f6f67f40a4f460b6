"""`byline serve` in a process of its own, with fake models."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.tui.terminal import FAKED, environment

PATIENCE = 60.0
"""Seconds in which a server ends."""


@dataclass(frozen=True, slots=True)
class ServedHttp:
    """A running server."""

    address: str
    """With the token."""
    process: subprocess.Popen[bytes]

    @property
    def origin(self) -> str:
        return self.address.split("/?")[0]

    @property
    def port(self) -> int:
        return int(self.origin.rpartition(":")[2])


@contextmanager
def serving_http(home: Path, *options: str) -> Iterator[ServedHttp]:
    """Serve the default index on any free port; it is reachable when this yields."""
    process = subprocess.Popen(
        [*FAKED, "serve", "--port", "0", "--threshold", "0", *options],
        cwd=home, env=environment(home), stderr=subprocess.PIPE,
    )  # fmt: skip
    with process:
        assert process.stderr
        try:
            announced = process.stderr.readline().decode()
            found = re.search(r"http://127\.0\.0\.1:\d+/\?token=[\w-]{43}", announced)
            assert found, announced
            yield ServedHttp(found[0], process)
        finally:
            process.terminate()
            process.wait(PATIENCE)
