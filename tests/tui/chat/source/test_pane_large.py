import threading
from pathlib import Path

import pytest

from tests.tui.chat.source.fakes import Repeated, citation
from tests.tui.chat.source.panes import (
    SENTENCE,
    Shown,
    count,
    opened,
)
from tests.tui.chat.source.panes import article as article
from tests.tui.chat.source.panes import cited as cited
from tui.chat.source import loading as source_loading
from tui.chat.source.find_bar import SourceFinder
from tui.chat.source.paged_text import BLOCK


class Held(Repeated):
    """Bytes of which a search gets only some until it is let go."""

    def __init__(self, unit: bytes, times: int) -> None:
        super().__init__(unit, times)
        self.gate = threading.Event()
        self.gate.set()

    def read(self, start: int, end: int) -> bytes:
        if start > 2_000_000 and threading.current_thread() is not threading.main_thread():
            self.gate.wait(10)
        return super().read(start, end)


LINE = b"It rained in the morning, and the port was closed for the day.\n"


async def large(shown: Shown, source: Repeated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_loading, "open_file", lambda _: source)
    shown.pane.show_file("/news/a.txt", "a.txt", "")
    await shown.settle()
    shown.pane.focus()
    await shown.pilot.pause()


@pytest.mark.parametrize("unit", [LINE, LINE[:-1] + b" "], ids=["lines", "one line"])
async def test_going_about_in_100_mb_reads_only_what_is_shown(
    unit: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Held(unit, 100_000_000 // len(unit))
    async with opened() as shown:
        await large(shown, source, monkeypatch)
        keys = ("end", "pageup", "up", "down", "home", "pagedown")
        await shown.press(*keys)
        shown.pane.article.view.go_to(50_000_000)
        await shown.settle()
        assert source.read_here < 100 * BLOCK
        assert source.size > 1_000 * BLOCK


async def test_an_answer_in_the_middle_of_5_mb_in_one_line_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = "It rained all day, “really”. " * 86_000
    whole = f"{half}{SENTENCE} {half}"
    path = tmp_path / "a.txt"
    path.write_bytes(whole.encode())
    async with opened() as shown:
        await shown.cite(citation(str(path), whole, SENTENCE, "Monday"))
        assert "Monday" in shown.words[6] + shown.words[7]
        await shown.press("slash", *"turned")
        assert count(shown.pane.query_one(SourceFinder)) == "1 of 1"


async def test_a_search_of_100_mb_is_left_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Held(LINE, 100_000_000 // len(LINE))
    async with opened() as shown:
        await large(shown, source, monkeypatch)
        source.read_by.clear()
        source.gate.clear()
        await shown.pilot.press("slash", "z")
        while "so far" not in count(shown.pane.query_one(SourceFinder)):
            await shown.pilot.pause()
        await shown.pilot.press("escape")
        source.gate.set()
        await shown.settle()
        assert sum(source.read_by.values()) < 5_000_000
        assert not shown.pane.query_one(SourceFinder).display


async def test_a_citation_deep_in_100_mb_is_seen_while_the_rest_is_scanned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source = Held(LINE, 100_000_000 // len(LINE))
    source.gate.clear()
    monkeypatch.setattr(source_loading, "open_file", lambda _: source)
    words = LINE.decode()[:-1]
    near = citation("/news/a.txt", f"{words}\n" * 1_000, words, "port")
    async with opened() as shown:
        shown.pane.show(near)
        while not shown.pane.article.display:
            await shown.pilot.pause()
        await shown.pilot.pause()
        assert shown.rows[0].lstrip().startswith("1 ┃ It rained")
        source.gate.set()
        await shown.settle()
        shown.pane.focus()
        await shown.press("end")
        assert shown.rows[-2].startswith(f"{source.times} │ It rained")
