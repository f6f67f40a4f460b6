"""Names that attack `$EDITOR`: it gets one file, and nothing in a name is run."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.faults.conftest import Battery, Figure
from tests.faults.hostile_names import names
from tests.tui.conftest import shell as shell
from tests.tui.fakes import Shell
from tests.tui.test_editors import in_vim
from tui.editors import editor_command, run_editor

FAMILIES = (
    "vim nvim gvim vi view nano pico emacs hx micro kak code codium zed subl less joe".split()
)
RECORDER = '#!/bin/sh\nprintf \'%s\\0\' "$@" END > "$RECORD"\n'


@dataclass(frozen=True)
class Recorder:
    """Editors that record their arguments."""

    folder: Path
    record: int
    """Read end of the pipe that they write to."""

    def argv(self, open_file: Callable[[], None]) -> list[bytes]:
        """Return the arguments that an editor was started with."""
        open_file()
        data = b""
        while not data.endswith(b"\0END\0"):
            data += os.read(self.record, 65536)
        return data.split(b"\0")[:-2]


@pytest.fixture
def recorder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    folder = tmp_path / "bin"
    folder.mkdir()
    for family in FAMILIES:
        (folder / family).write_text(RECORDER, encoding="ascii")
        (folder / family).chmod(0o700)
    pipe = tmp_path / "record"
    os.mkfifo(pipe)
    monkeypatch.setenv("RECORD", str(pipe))
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    record = os.open(pipe, os.O_RDWR)  # so that no editor waits for the other end
    yield Recorder(folder, record)
    os.close(record)


@pytest.fixture
def news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    news = tmp_path / "news"
    news.mkdir()
    monkeypatch.chdir(news)
    return news


def write_articles(news: Path, attacks: list[str]) -> list[str]:
    """Write an article under each name that a file can have."""
    kept = [name for name in attacks if "/" not in name]
    for name in kept:
        (news / name).write_text("One.\nTwo.\nIt is three.\n", encoding="utf-8")
    return kept


def strays(news: Path, kept: list[str]) -> set[str]:
    """Return the names in the folder that were not written there."""
    return {path.name for path in news.iterdir()} - set(kept)


def faults_of(argv: list[bytes], file: Path, plain: list[bytes], other: bytes) -> list[str]:
    """List how arguments differ, except for the name, from those for a harmless file."""
    wanted = [argument.replace(other, os.fsencode(file)) for argument in plain]
    return [] if argv == wanted else [f"{file.name!r}: {argv} and not {wanted}"]


def opener(editor: str, file: Path) -> Callable[[], None]:
    environment = os.environ | {"VISUAL": editor}
    return lambda: run_editor(editor_command(environment, file, 3, 4))


def test_every_editor_gets_the_file_and_nothing_else_from_its_name(
    recorder: Recorder, news: Path, battery: Battery, figure: Figure
) -> None:
    kept = write_articles(news, names(battery.pick(75, 200), battery.chance("names")))
    found: list[str] = []
    starts = 0
    for number, editor in enumerate(FAMILIES):
        harmless = {colon: news / ("x:" if colon else "x") for colon in (True, False)}
        plain = {colon: recorder.argv(opener(editor, file)) for colon, file in harmless.items()}
        for name in kept if battery.large else kept[number % 4 :: 4]:
            argv = recorder.argv(opener(editor, news / name))
            colon = ":" in name
            found += faults_of(argv, news / name, plain[colon], os.fsencode(harmless[colon]))
            starts += 1
    found += sorted(strays(news, kept))
    figure(f"{len(kept)} names, {starts:,} starts of {len(FAMILIES)} editors: {len(found)} faults")
    assert found == []


def test_show_opens_a_hostile_name_as_it_is(
    recorder: Recorder, shell: Shell, battery: Battery, figure: Figure
) -> None:
    shell.news.mkdir()
    shell.patch.chdir(shell.news)
    attacks = [f"{name}.txt" for name in names(battery.pick(20, 200), battery.chance("show"))]
    kept = write_articles(shell.news, attacks)
    assert shell.byline("index", ".").code == 0
    shell.patch.setenv("VISUAL", "vim")
    found: list[str] = []
    for name in kept:
        argv = recorder.argv(partial(_shown, shell, f"./{name}:3"))
        if argv[-2:] != [b"--", os.fsencode(shell.news / name)]:
            found.append(f"{name!r}: {argv}")
    found += sorted(strays(shell.news, kept))
    figure(f"byline show --open of {len(kept)} names: {len(found)} faults")
    assert found == []


def _shown(shell: Shell, place: str) -> None:
    assert shell.byline("show", "--open", "--", place).code == 0


def planted_shell(file: Path) -> None:
    subprocess.run(f"less +3g {file.name}", shell=True, check=False, capture_output=True)


def planted_name_alone(file: Path) -> None:
    run_editor_of = ["less", "+3", file.name]
    subprocess.run(run_editor_of, check=False, capture_output=True)


@pytest.mark.parametrize("careless", [planted_shell, planted_name_alone])
def test_a_careless_call_is_caught(
    recorder: Recorder,
    news: Path,
    battery: Battery,
    figure: Figure,
    careless: Callable[[Path], None],
) -> None:
    kept = write_articles(news, names(60, battery.chance("names")))
    found: list[str] = []
    os.set_blocking(recorder.record, False)
    for name in kept:
        careless(news / name)
        try:
            argv = os.read(recorder.record, 65536).split(b"\0")[:-2]
        except BlockingIOError:
            argv = []
        found += faults_of(argv, news / name, [b"+3", b"--", b"x"], b"x")
    canary = "canary" in strays(news, kept)
    figure(f"planted {careless.__name__}: {len(found)} faults{', the canary is there' * canary}")
    assert found
    assert canary or careless is planted_name_alone


RC = "set nocompatible modeline modelines=5 noswapfile encoding=utf-8\nautocmd!\n"
NETRW = ".vim"
"""Folder in which netrw keeps its history."""


@pytest.mark.skipif(not shutil.which("vim"), reason="no vim here")
def test_the_real_vim_opens_the_file_and_runs_nothing(
    news: Path, battery: Battery, figure: Figure
) -> None:
    kept = write_articles(news, names(battery.pick(75, 200), battery.chance("names")))
    chosen = kept if battery.large else battery.chance("vim").sample(kept, 12)
    rc = news.parent / "rc.vim"
    rc.write_text(RC, encoding="ascii")
    environment = {"PATH": os.environ["PATH"], "EDITOR": f"vim -u {rc} -i NONE"}
    found = []
    for name in chosen:
        shown, place = in_vim(news, news / name, environment)
        # netrw, a plugin that comes with vim, expands such a name to a home folder.
        is_home = name.startswith("~") and shown == os.path.expanduser(name)  # noqa: PTH111
        if not is_home and (shown, place) != (str(news / name), "3:4:0"):
            found.append(f"{name!r} opened as {shown!r} at {place}")
    found += sorted(strays(news, kept) - {NETRW})
    figure(f"{len(chosen)} names in the real vim: {len(found)} faults")
    assert found == []


@pytest.mark.skipif(not shutil.which("vim"), reason="no vim here")
def test_an_unprotected_name_in_the_real_vim_is_caught(news: Path, figure: Figure) -> None:
    kept = write_articles(news, ["+!touch canary", "a.txt"])
    subprocess.run(
        ["vim", "-u", "NONE", "-i", "NONE", "-es", "+3", "+!touch canary", "+qa!", "a.txt"],
        check=False, capture_output=True, stdin=subprocess.DEVNULL, timeout=900,
    )  # fmt: skip
    canary = strays(news, kept)
    figure(f"planted name without --: {'the canary is there' if canary else 'nothing'}")
    assert canary == {"canary"}
