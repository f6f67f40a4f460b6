"""Byline without a network: no connection is made, no pickle read, no foreign code run."""

import fcntl
import os
import pty
import shutil
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults import model_traps
from tests.faults.audit import SWITCHES
from tests.faults.command_runner import CommandResult, run_all
from tests.faults.conftest import Battery, Figure
from tests.faults.model_traps import Trap
from tests.faults.processes import ROOT
from tests.faults.watch import BYLINE, FORBIDDEN, Watch, can_trace, description
from tests.qa.reader.models import save_bert
from tests.real import Home
from tests.tui.chat.terminals import ENTER, Terminal
from tests.tui.fakes import home_variables

STORY = "Harbour closed\n\nThe harbour board closed the port on Tuesday. Anna Weiss signed it.\n"
QUESTION = "Who signed it?"
NOWHERE = {"HF_ENDPOINT": "http://127.0.0.1:9"}
"""Nothing listens there: requests to a hub stay on this machine."""


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    (tmp_path / "watch").mkdir()
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "harbour.txt").write_text(STORY, encoding="utf-8")
    return Watch(tmp_path / "watch", home_variables(tmp_path))


@pytest.fixture
def prepared(watch: Watch, tmp_path: Path, real: Home) -> Watch:
    """A home whose models are prepared, as after the first question."""
    shutil.copytree(real.cache, tmp_path / "cache" / "byline" / "models")
    return watch


def assert_ended(ended: "subprocess.CompletedProcess[str]", words: str) -> None:
    assert ended.returncode == 0, ended.stderr
    assert words in ended.stdout + ended.stderr


def chat(watch: Watch, cwd: Path) -> None:
    """Open the chat, ask a question, and quit."""
    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    process = subprocess.Popen(
        watch.command(*BYLINE, "chat", "--new"),
        stdin=there, stdout=there, stderr=there, cwd=cwd, start_new_session=True,
        env={**watch.environment, "TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(there)
    try:
        terminal = Terminal(process, here)
        terminal.until("sk the articles")
        terminal.press(f"{QUESTION}{ENTER}")
        terminal.until("harbour.txt:3")
        assert terminal.close() == 0
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        os.close(here)


def use(watch: Watch, home: Path) -> None:
    """Use the commands of a usual day."""
    assert_ended(watch.run((*BYLINE, "index", "news"), home), "1 article, 1 passage")
    assert_ended(watch.run((*BYLINE, "ask", QUESTION), home), "news/harbour.txt:3")
    assert_ended(watch.run((*BYLINE, "check"), home), "all checksums match")
    assert_ended(watch.run((*BYLINE, "show", "news/harbour.txt:3"), home), "Anna Weiss")
    chat(watch, home)


def assert_only_allowed(watch: Watch, *libraries: str) -> None:
    assert watch.forbidden() == []
    # The watch worked: it saw that telemetry of these libraries, at least, was switched off.
    seen = {done.detail for done in watch.operations() if done.kind == "switched off"}
    assert set(libraries) <= seen <= set(SWITCHES)


def test_a_usual_day_uses_no_network_and_reads_no_pickle(
    prepared: Watch, tmp_path: Path, figure: Figure
) -> None:
    use(prepared, tmp_path)
    # Where torch is not the fastest, prepared models need no other library.
    assert_only_allowed(prepared, "onnxruntime")
    figure(f"index, ask, check, show, chat {description()}: 0 connects, 0 pickles, 0 foreign code")


def test_preparing_the_models_for_the_first_time_uses_no_network_either(
    watch: Watch, tmp_path: Path, battery: Battery, figure: Figure
) -> None:
    if not battery.large:
        pytest.skip("takes half a minute; the other runs have models prepared before")
    use(watch, tmp_path)
    assert_only_allowed(watch, *SWITCHES)
    figure(f"the same in an empty home {description()}: 0 connects, 0 pickles, 0 foreign code")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a harmless embedding model and a harmless reader, both tiny."""
    folder = tmp_path_factory.mktemp("models")
    save_bert(folder / "embedding", "BertModel")
    model_traps.write_modules(folder / "embedding")
    save_bert(folder / "reader")
    return folder


@dataclass(frozen=True, slots=True)
class TrappedModel:
    """A model folder with a trap."""

    name: str
    folder: Path
    canary: Path
    """Exists once code of the folder was run, or a pickle read."""


def set_trap(models: Path, kind: str, name: str, trap: Trap, at: Path) -> TrappedModel:
    folder = Path(shutil.copytree(models / kind, at / f"{kind} with {name}"))
    canary = at / f"{kind} with {name} ran"
    trap(folder, canary)
    return TrappedModel(f"{kind} with {name}", folder, canary)


def set_traps(models: Path, kind: str, some: Mapping[str, Trap], at: Path) -> list[TrappedModel]:
    return [set_trap(models, kind, name, trap, at) for name, trap in some.items()]


def indexed(model: TrappedModel, index: str) -> list[str]:
    return ["index", "news", "--index", index, "--model", str(model.folder)]


def asked(reader: TrappedModel, index: str) -> list[str]:
    options = ["--index", index, "--threshold", "0"]
    return ["ask", QUESTION, *options, "--reader", str(reader.folder)]


def assert_refused(ended: CommandResult, name: str) -> None:
    assert ended.code == 2, (name, ended)
    assert ended.out == "", name
    assert ended.last.startswith("byline: Model cannot be used: "), (name, ended)
    assert len(ended.last) < 600, name


def test_trapped_models_are_refused_in_one_line_but_not_models_with_an_unused_pickle(
    prepared: Watch, models: Path, tmp_path: Path, figure: Figure
) -> None:
    harmless = [
        set_trap(models, kind, "an unused pickle", model_traps.add_unused_pickle, tmp_path)
        for kind in ("embedding", "reader")
    ]
    embedding = set_traps(
        models, "embedding", {**model_traps.ANY, **model_traps.EMBEDDING}, tmp_path
    )
    readers = set_traps(models, "reader", model_traps.ANY, tmp_path)
    trapped = [*embedding, *readers]
    commands = [indexed(harmless[0], "own"), asked(harmless[1], "own")]
    commands += [indexed(model, f"index {number}") for number, model in enumerate(embedding)]
    commands += [asked(reader, "own") for reader in readers]
    ends = run_all(prepared, commands, tmp_path)
    assert [end.code for end in ends[: len(harmless)]] == [0, 0], ends[: len(harmless)]
    for end, model in zip(ends[len(harmless) :], trapped, strict=True):
        assert_refused(end, model.name)
    assert [model.name for model in (*harmless, *trapped) if model.canary.exists()] == []
    assert prepared.forbidden() == []
    figure(f"{len(trapped)} trapped model folders: {len(trapped)} refused in a line, 0 ran or read")


def test_the_watch_catches_a_careless_loader(
    watch: Watch, models: Path, tmp_path: Path, figure: Figure
) -> None:
    code = set_trap(
        models, "embedding", "code", model_traps.EMBEDDING["a foreign module"], tmp_path
    )
    pickled = tmp_path / "weights.bin"
    model_traps.write_pickle(pickled, tmp_path / "pickle ran")
    argv = (sys.executable, "-m", "tests.faults.careless_loader", str(code.folder), str(pickled))
    ended = watch.run(argv, ROOT, NOWHERE)
    assert ended.returncode == 0, ended.stderr
    assert code.canary.exists()
    assert (tmp_path / "pickle ran").exists()
    caught = {done.kind for done in watch.operations()} & FORBIDDEN
    assert caught >= FORBIDDEN - (set() if can_trace() else {"traced connect"})
    assert {done.detail for done in watch.operations() if done.kind == "switched on"} == set(
        SWITCHES
    )
    figure(f"planted, a careless loader: {len(watch.forbidden())} forbidden operations seen")
