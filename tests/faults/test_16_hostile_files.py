"""Hostile files cost one line each: nothing crashes, hangs, grows, reads elsewhere or connects."""

import socket
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.articles.formats import isolation
from index.articles.formats.isolation import Limits, close, read_isolated
from index.articles.formats.registry import format_of
from index.articles.text import NotText
from tests.faults.conftest import Battery, Figure
from tests.index.articles.formats.hostile import SECRET, hostile_files

SMALL, LARGE = 200, 2_000
_LIMITS = Limits(seconds=20)
_TIGHT = Limits(seconds=5, memory=600 * 1024**2)
_SLACK = 5.0
"""Seconds of waiting for a process to start, and to end."""
_PLANT = """
import sys
from types import ModuleType

from index.articles.formats import registry, worker
from index.articles.formats.document import DocumentWriter
from index.articles.places import Place

def read(data):
    exec(data.decode(), globals())
    writer = DocumentWriter()
    writer.add([(answer, Place(1, 1))])
    return writer.document()

sys.modules["index.articles.formats.code"] = ModuleType("code")
sys.modules["index.articles.formats.code"].read = read
worker.FORMATS = (*worker.FORMATS, registry.Format("code", "code", ()))
{fault}
worker.main()
"""
"""A worker that also has a format whose files are programs, and a fault."""
_CARELESS = """
from lxml import etree
careful = etree.XMLParser
etree.XMLParser = lambda **kept: careful(**kept | {"resolve_entities": True, "load_dtd": True})
"""


@dataclass
class Ward:
    """What hostile files must not reach: a secret beside them, and a port that nobody calls."""

    secret: Path
    port: socket.socket

    @property
    def number(self) -> int:
        """Of the port."""
        return int(self.port.getsockname()[1])

    def faults(
        self, files: Iterable[tuple[str, str, bytes]], limits: Limits = _LIMITS
    ) -> Iterator[str]:
        """Read files, of which each has a name and a format; yield what is wrong."""
        for name, known, data in files:
            started = time.monotonic()
            found = read_isolated(known, data, limits)
            if time.monotonic() - started > limits.seconds * isolation._WALL_FACTOR + _SLACK:
                yield f"{name}: takes too long"
            if isinstance(found, NotText):
                if len(found.reason.splitlines()) != 1:
                    yield f"{name}: is not one line"
                if "was ended" in found.reason or "crashed" in found.reason:
                    yield f"{name}: ended"
            elif SECRET in found.text.text:
                yield f"{name}: another file is read"
            elif any(one.span.end > len(found.text.text) for one in found.outline.blocks):
                yield f"{name}: blocks past the end"
            if _memory() > limits.memory:
                yield f"{name}: takes too much memory"
            with suppress(BlockingIOError):
                self.port.accept()[0].close()
                yield f"{name}: connects"
        if [path.name for path in self.secret.parent.iterdir()] != [self.secret.name]:
            yield "a file is written"


def _memory() -> int:
    """The most address space that the process of the parsers had, in bytes; 0 if it ended."""
    if isolation._worker is None:
        return 0
    status = Path(f"/proc/{isolation._worker._process.pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmPeak")), 0)


@pytest.fixture
def ward(tmp_path: Path) -> Iterator[Ward]:
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    close()
    with socket.create_server(("127.0.0.1", 0)) as port:
        port.setblocking(False)
        yield Ward(secret, port)
    close()


@pytest.mark.slow
def test_hostile_files_cost_one_line_each(ward: Ward, battery: Battery, figure: Figure) -> None:
    count = battery.pick(SMALL, LARGE)
    made = [
        (name, format_of(name, data).name, data)
        for name, data in hostile_files(battery.seed, count, ward.secret)
    ]
    found = list(ward.faults(made))
    ended = [one for one in found if one.endswith(": ended")]
    figure(f"{len(made):,} hostile files: {len(ended)} ended, {len(found) - len(ended)} do harm")
    assert set(found) == set(ended)
    assert len(ended) <= max(2, count // 100)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "program", "wrong"),
    [
        ("worker._limit = lambda task: None", "answer = f'{len(bytearray(700 << 20))}.'", "memory"),
        ("worker._forbid = lambda *_: None", "import socket; "
         "socket.create_connection(('127.0.0.1', PORT)).close(); answer = 'Called.'", "connects"),
        ("", "answer = open('SECRET').read()", "another file"),
        (_CARELESS, "", "another file"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(
    ward: Ward, fault: str, program: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def faults(planted: str) -> list[str]:
        close()
        script = _PLANT.replace("{fault}", planted)
        monkeypatch.setattr(isolation, "_COMMAND", (sys.executable, "-c", script))
        return list(ward.faults(files, _TIGHT))

    said = program.replace("PORT", str(ward.number)).replace("SECRET", str(ward.secret))
    files = [("planted", "code", said.encode())]
    if not program:
        data = dict(hostile_files(1, 0, ward.secret))["entity.docx"]
        files = [("entity.docx", "Word", data)]
    assert any(wrong in one for one in faults(fault))
    if fault:  # a parser that opens files is kept from it by no limit: there is none
        assert faults("") == []
