"""The command line in this process, with a model that needs no torch."""

import io
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.models.registry import Model
from qa.reader.protocol import Reader
from qa.reader.shipped import DEFAULT_READER
from tests.fakes import FakeEncoder, fake_model
from tests.qa.fakes import CALIBRATION, MarkingReader, SentenceReader
from tui.cli.main import run

if TYPE_CHECKING:
    import pytest  # processes that only need the fakes do not import it

Replace = Callable[[str, object], None]
"""Sets an attribute of a module, by its dotted name."""


def replace_for_good(name: str, value: object) -> None:
    """Replace an attribute of a module until the process ends."""
    module, _, attribute = name.rpartition(".")
    setattr(import_module(module), attribute, value)


@dataclass
class FakeModels:
    """Stands where models are found and loaded; counts who asked for what."""

    found: list[str] = field(default_factory=list)
    passage_encoders: list[FakeEncoder] = field(default_factory=list)
    question_encoders: list[FakeEncoder] = field(default_factory=list)
    readers: list[str] = field(default_factory=list)

    def find(self, name: str, **_: object) -> Model:
        self.found.append(name)
        return fake_model(name=name)

    def passages(self, _model: Model) -> FakeEncoder:
        self.passage_encoders.append(FakeEncoder())
        return self.passage_encoders[-1]

    def questions(self, *_: object) -> FakeEncoder:
        self.question_encoders.append(FakeEncoder())
        return self.question_encoders[-1]

    def reader(self, name: str, *_: object) -> Reader:
        """A reader of sentences; one of any other name marks its name wherever it stands."""
        self.readers.append(name)
        return SentenceReader() if name == DEFAULT_READER else MarkingReader(name)

    def stand_in(self, replace: Replace) -> None:
        replace("tui.jobs.build_job.find_model", self.find)
        replace("tui.jobs.build_job.TunedEncoder", lambda model, *_, **__: self.passages(model))
        replace("tui.jobs.build_job.is_exported", lambda *_: True)
        replace("tui.jobs.build_job.is_prepared", lambda *_: True)
        replace("qa.bot.open_question_encoder", self.questions)
        replace("qa.bot.open_reader", self.reader)
        replace("qa.bot.default_calibration", lambda: CALIBRATION)
        replace("index.check.find_model", self.find)
        replace("index.check.export_faults", lambda _: [])
        replace("qa.reader.check.reader_faults", lambda *_: [])
        replace("qa.reader.export.is_trained", lambda _: False)

    @property
    def embedded(self) -> int:
        return sum(len(one.texts) for one in self.passage_encoders)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401
        """The one object on standard output."""
        (line,) = self.out.splitlines()
        return json.loads(line)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True)
class Shell:
    """Runs `byline` in a home of its own."""

    home: Path
    models: FakeModels
    capture: "pytest.CaptureFixture[bytes]"
    patch: "pytest.MonkeyPatch"

    @property
    def news(self) -> Path:
        return self.home / "news"

    @property
    def index(self) -> Path:
        return self.home / "data" / "byline" / "index"

    @property
    def settings(self) -> Path:
        return self.home / "config" / "byline" / "config.toml"

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.news / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def set(self, *lines: str) -> None:
        self.settings.parent.mkdir(parents=True, exist_ok=True)
        self.settings.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def byline(self, *arguments: str, stdin: bytes = b"") -> Ran:
        self.capture.readouterr()
        self.patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        code = run(list(arguments))
        out, err = self.capture.readouterr()
        return Ran(code, out.decode(), err.decode())


def assert_one_line_error(ran: Ran, *words: str) -> None:
    """An error is one line that says what is wrong, and nothing on standard output."""
    assert ran.code == 2, ran
    assert ran.out == ""
    assert ran.err.startswith("byline: ")
    assert ran.err.endswith("\n")
    assert ran.err.count("\n") == 1
    for word in words:
        assert word in ran.err


def home_variables(home: Path) -> dict[str, str]:
    """Where a process is to keep its things so that nothing of the person's is touched."""
    names = {"XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache", "XDG_CONFIG_HOME": "config"}
    return {variable: str(home / name) for variable, name in names.items()} | {"HOME": str(home)}


FOREIGN = (
    "BYLINE_INDEX",
    "BYLINE_MODEL",
    "BYLINE_READER",
    "NO_COLOR",
    "TERM",
    "COLUMNS",
    "FORCE_COLOR",
)
"""Variables of the person's own that would change what a test sees."""


def names(paths: Sequence[Path]) -> set[str]:
    return {path.name for path in paths}
