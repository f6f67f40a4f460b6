import threading
import unicodedata
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.style import Style
from textual import events
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input, Static
from textual.worker import WorkerCancelled

from qa.answers import Citation, Status
from tests.tui.chat.source_fakes import Repeated, citation
from tui.chat import source_loading, source_pane
from tui.chat.source_bar import SourceBar
from tui.chat.source_finder import SourceFinder
from tui.chat.source_loading import Outcome, Wanted, load
from tui.chat.source_pane import SourcePane
from tui.chat.source_text import BLOCK

HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
PARAGRAPH = (
    "Day {} at the port was like the day before, and “nobody” asked why it was so. Rain fell."
)
SENTENCE = "The mill was sold on Monday, as it turned out."
ARTICLE = "\n\n".join(
    [*(PARAGRAPH.format(i) for i in range(50)), f"Yes. {SENTENCE} The end."]
    + [PARAGRAPH.format(i) for i in range(51, 100)]
)


class PaneApp(App[None]):
    """The pane alone, and what it asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[object] = []

    def compose(self) -> ComposeResult:
        yield SourcePane()

    @property
    def pane(self) -> SourcePane:
        return self.query_one(SourcePane)

    def on_source_pane_step(self, message: SourcePane.Step) -> None:
        self.asked.append(message)

    def on_source_pane_full_screen(self, message: SourcePane.FullScreen) -> None:
        self.asked.append(message)

    def on_source_pane_open_editor(self, message: SourcePane.OpenEditor) -> None:
        self.asked.append(message)


class Shown:
    """A pane under test."""

    def __init__(self, app: PaneApp, pilot: Pilot[None]) -> None:
        self.app, self.pilot, self.pane = app, pilot, app.pane

    async def settle(self) -> None:
        """Wait for what was begun to be on screen."""
        try:
            await self.app.workers.wait_for_complete()
        except WorkerCancelled:
            await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    async def cite(self, cited: Citation) -> None:
        self.pane.show(cited)
        await self.settle()
        self.pane.focus()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    @property
    def rows(self) -> list[str]:
        view = self.pane.article.view
        return [view.render_line(y).text for y in range(view.size.height)]

    @property
    def words(self) -> list[str]:
        """The rows without their numbers."""
        return [row[6:].rstrip() for row in self.rows]

    @property
    def top(self) -> str:
        return self.words[0]

    @property
    def header(self) -> str:
        return text_of(self.pane.query_one("#source-header", Static))

    @property
    def notice(self) -> str:
        return text_of(self.pane.query_one("#source-notice", Static))

    def styled(self, words: str) -> Style:
        """The style that words are drawn in."""
        view = self.pane.article.view
        for y in range(view.size.height):
            for segment in view.render_line(y):
                if segment.text.strip() and words in segment.text:
                    assert segment.style is not None
                    return segment.style.clear_meta_and_links()
        raise AssertionError(words)

    @property
    def everything(self) -> list[tuple[str, Style]]:
        """What each widget draws."""
        strips = (
            strip
            for widget in self.app.screen.query(Widget)
            for strip in widget.render_lines(widget.size.region)
        )
        return [(one.text, one.style or Style()) for strip in strips for one in strip]


def text_of(widget: Static) -> str:
    return str(widget.render())


@asynccontextmanager
async def opened(size: tuple[int, int] = (60, 20)) -> AsyncIterator[Shown]:
    app = PaneApp()
    async with app.run_test(size=size) as pilot:
        yield Shown(app, pilot)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "port.txt"
    path.write_bytes(ARTICLE.encode())
    return path


@pytest.fixture
def cited(article: Path) -> Citation:
    return citation(str(article), ARTICLE, SENTENCE, "Monday")


async def test_a_citation_is_shown_at_its_line_with_its_words_marked(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        # One row of 20 is the header's; a third of the rest is above.
        assert shown.rows[6] == "101 ┃ Yes. The mill was sold on Monday, as it turned out. "
        assert shown.rows[7].rstrip() == "    │ The end."
        assert shown.header == "news/port.txt:101  The port, 8 July 2008"
        sentence, answer = shown.styled("The mill was sold on "), shown.styled("Monday")
        assert sentence == shown.styled(", as it turned out.")
        plain = shown.styled("Yes. ")
        assert plain == shown.styled("The end.")
        assert len({sentence, answer, plain}) == 3


async def test_marks_and_finds_differ_in_more_than_colour(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        await shown.press("slash", *"day")
        parts = ("The mill was sold on ", "Mon", "Yes. ", "Day", "day")
        styles = [shown.styled(part) for part in parts]
        looks = [(style.bold, style.underline, style.reverse) for style in styles]
        assert len(set(looks)) == len(looks)


@pytest.mark.parametrize(
    ("now", "note", "line"),
    [
        (ARTICLE, "", 101),
        ("New.\n" + ARTICLE, "moved since it was indexed, to line 102", 102),
        (ARTICLE.replace("Monday", "Friday"), "changed since it was indexed: not quoted", 101),
        ("Short.", "changed since it was indexed: not quoted", 101),
    ],
)
async def test_how_the_file_is_now_is_told(
    article: Path, cited: Citation, now: str, note: str, line: int
) -> None:
    article.write_bytes(now.encode())
    async with opened() as shown:
        await shown.cite(cited)
        first, *rest = shown.header.splitlines()
        assert (first, "".join(rest)) == (f"news/port.txt:{line}  The port, 8 July 2008", note)
        marked = any("┃" in row for row in shown.rows)
        assert marked == (not note or "moved" in note)


async def test_a_file_that_is_gone_is_told_with_what_it_said(
    article: Path, cited: Citation
) -> None:
    article.unlink()
    async with opened() as shown:
        await shown.cite(cited)
        assert "gone since it was indexed" in shown.header
        assert "No such file" in shown.notice
        assert f"When it was indexed, it said: {SENTENCE}" in shown.notice
        await shown.press("e", "slash", "f")
        assert [type(one) for one in shown.app.asked] == [SourcePane.FullScreen]


async def test_an_article_is_shown_from_its_start_without_a_citation(article: Path) -> None:
    async with opened() as shown:
        shown.pane.show_file(str(article), "news/port.txt", "The port")
        await shown.settle()
        assert shown.header == "news/port.txt  The port"
        assert shown.rows[0].startswith("  1 │ Day 0 at the port")


async def test_nothing_is_shown_after_clear(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        shown.pane.clear()
        await shown.settle()
        assert (shown.header, shown.notice) == ("", "")
        assert not shown.pane.article.display


async def test_an_article_opened_twice_in_a_hurry_stands_at_the_cited_line(
    cited: Citation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def twice(wanted: Wanted) -> Iterator[Outcome]:
        yield from load(wanted)
        yield from load(wanted)

    monkeypatch.setattr(source_pane, "load", twice)
    async with opened() as shown:
        await shown.cite(cited)
        assert any(SENTENCE in row for row in shown.words)


async def test_another_citation_of_the_same_file_is_gone_to(article: Path, cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        await shown.cite(citation(str(article), ARTICLE, PARAGRAPH.format(9), "nobody"))
        assert shown.rows[5].startswith(" 19 ┃ Day 9 at")


async def test_an_article_that_comes_late_is_not_shown(
    article: Path, cited: Citation, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = citation(str(article), ARTICLE, PARAGRAPH.format(9), "nobody")
    begun, held = threading.Event(), threading.Event()

    def slow(wanted: Wanted) -> Iterator[Outcome]:
        outcomes = list(load(wanted))
        if wanted is first:
            begun.set()
            held.wait(10)
        yield from outcomes

    monkeypatch.setattr(source_pane, "load", slow)
    async with opened() as shown:
        shown.pane.show(first)
        while not begun.is_set():
            await shown.pilot.pause()
        shown.pane.show(cited)
        held.set()
        await shown.settle()
        assert shown.header.startswith("news/port.txt:101")
        # Even one that was on its way already.
        shown.pane.post_message(SourcePane.Ready(first, next(load(first))))
        await shown.settle()
        assert shown.header.startswith("news/port.txt:101")


async def test_opening_is_told_where_it_takes_long(
    cited: Citation, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = threading.Event()

    def slow(wanted: Wanted) -> Iterator[Outcome]:
        held.wait(10)
        yield from load(wanted)

    monkeypatch.setattr(source_pane, "load", slow)
    monkeypatch.setattr(source_pane, "_PATIENCE", 0.001)
    async with opened() as shown:
        shown.pane.show(cited)
        while not shown.notice:
            await shown.pilot.pause()
        assert (shown.header[:17], shown.notice) == ("news/port.txt:101", "opening …")
        held.set()
        await shown.settle()
        assert "Monday" in " ".join(shown.words)


async def test_keys_and_wheel_scroll(article: Path) -> None:
    async with opened((60, 20)) as shown:
        shown.pane.show_file(str(article), "a", "")
        await shown.settle()
        shown.pane.focus()
        every = [shown.top]
        for _ in range(4):
            await shown.press("down")
            every.append(shown.top)
        assert every == [
            "Day 0 at the port was like the day before, and",
            "“nobody” asked why it was so. Rain fell.",
            "",
            "Day 1 at the port was like the day before, and",
            "“nobody” asked why it was so. Rain fell.",
        ]
        await shown.press("up")
        assert shown.top == every[3]
        await shown.press("pagedown", "pageup")
        assert shown.top == every[3]
        await shown.press("home", "up")
        assert shown.top == every[0]
        last = ARTICLE.splitlines()[-1]
        await shown.press("end", "down")
        assert (len(shown.words), shown.words[-2:]) == (19, [last[:47], last[48:]])
        await shown.press("home")
        view = shown.pane.article.view
        for scroll, top in ((events.MouseScrollDown, every[3]), (events.MouseScrollUp, every[0])):
            view.post_message(scroll(view, 5, 5, 0, 0, 0, False, False, False))
            await shown.settle()
            assert shown.top == top


async def test_the_scrollbar_is_of_bytes_and_can_be_dragged(article: Path) -> None:
    async with opened() as shown:
        shown.pane.show_file(str(article), "a", "")
        await shown.settle()
        bar = shown.pane.query_one(SourceBar)
        assert (bar.position, bar.window_virtual_size) == (0, len(ARTICLE.encode()))
        bar.post_message(SourceBar.Dragged(ARTICLE.encode().index(b"Day 60")))
        await shown.settle()
        assert shown.top.startswith("Day 60 ")
        bar.action_scroll_down()
        await shown.settle()
        assert shown.words[-1] != ""
        assert bar.position > ARTICLE.encode().index(b"Day 65")


async def test_dragging_the_handle_goes_by_its_share_of_the_article(article: Path) -> None:
    async with opened() as shown:
        shown.pane.show_file(str(article), "a", "")
        await shown.settle()
        bar = shown.pane.query_one(SourceBar)
        await shown.pilot.mouse_down(bar, offset=(0, 0))
        await shown.pilot.hover(bar, offset=(0, 9))
        await shown.pilot.mouse_up(bar, offset=(0, 9))
        await shown.settle()
        # Nine of nineteen rows down.
        assert shown.pane.article.place == pytest.approx(9 / 19 * len(ARTICLE.encode()), abs=80)


async def test_another_size_keeps_the_place(cited: Citation) -> None:
    async with opened((120, 40)) as shown:
        await shown.cite(cited)
        assert "Monday" in shown.words[13]
        for size in ((40, 12), (200, 60), (24, 40), (120, 40)):
            await shown.pilot.resize_terminal(*size)
            await shown.settle()
            assert any("┃" in row for row in shown.rows)
        assert "Monday" in shown.words[13]
        await shown.press("down", "down")
        top = shown.pane.article.place
        assert "Monday" in shown.words[11]
        await shown.pilot.resize_terminal(60, 20)
        await shown.pilot.resize_terminal(120, 40)
        await shown.settle()
        assert shown.pane.article.place == top


async def test_the_pane_asks_for_what_others_do(article: Path, cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        await shown.press("n", "p", "f", "e")
        steps = [one.by for one in shown.app.asked if isinstance(one, SourcePane.Step)]
        assert steps == [1, -1]
        assert isinstance(shown.app.asked[2], SourcePane.FullScreen)
        editor = shown.app.asked[3]
        assert isinstance(editor, SourcePane.OpenEditor)
        place = (cited.answer.line, cited.answer.column)
        assert (editor.file, editor.line, editor.column) == (str(article), *place)


async def test_the_editor_opens_at_what_is_on_screen(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        await shown.press("home", "down", "e", "slash", *"day 9 ", "enter", "escape", "end", "e")
        places = [
            (one.line, one.column)
            for one in shown.app.asked
            if isinstance(one, SourcePane.OpenEditor)
        ]
        assert places[0] == (1, 48)
        assert places[1][0] > 180


async def test_words_are_found_as_they_are_typed(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        found = shown.pane.query_one(SourceFinder)
        counts = []
        await shown.press("slash", *"RAIN")
        for keys in (("enter",), ("down",), ("shift+enter",), ("up",), ("up",)):
            counts.append(count(found))
            await shown.press(*keys)
        assert counts == ["49 of 99", "50 of 99", "51 of 99", "50 of 99", "49 of 99"]
        assert count(found) == "48 of 99"
        await shown.press("escape")
        assert not found.display
        assert shown.pane.article.view.has_focus
        assert not shown.pane.article.view.highlights.found


async def test_what_was_found_is_gone_to_from_the_lines_too(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        await shown.press("ctrl+f", *"day 77")
        assert "Day 77" in " ".join(shown.words)
        shown.pane.focus()
        await shown.press("enter", "N")
        assert count(shown.pane.query_one(SourceFinder)) == "1 of 1"
        await shown.press("escape")
        assert not shown.pane.query_one(SourceFinder).display


async def test_what_is_not_there_is_not_found(cited: Citation) -> None:
    async with opened() as shown:
        await shown.cite(cited)
        before = shown.words
        await shown.press("slash", *"zebra", "enter")
        assert count(shown.pane.query_one(SourceFinder)) == "not found"
        assert before[0] == shown.words[0]
        assert shown.pane.query_one(Input).value == "zebra"


def count(finder: SourceFinder) -> str:
    return text_of(finder.query_one(Static))


STEERING = "\x1b]52;c;aGk=\x07\x1b[35m\x9b35m\x90q\x9c\x7f\x08\r\u202e\u2066\u200b\ufeff\xad\u2028"
MARKUP = "[@click=app.quit]x[/] [ @click=app.bell]y[/] [red]"


async def test_nothing_hostile_is_obeyed_wherever_it_stands(tmp_path: Path) -> None:
    hostile = f"{STEERING} {MARKUP}"
    sentence = f"The mill {hostile} was sold."
    path = tmp_path / f"evil{STEERING}[red].txt"
    whole = "".join(f"{hostile} line {i}\n" for i in range(40)) + f"x {sentence} y\n{hostile}"
    path.write_bytes(whole.encode())
    cited = citation(str(path), whole, sentence, hostile)
    nasty = Citation(
        f"news/{path.name}", cited.file, cited.status, cited.answer, cited.sentence,
        f"Title {hostile}", cited.dates,
    )  # fmt: skip
    async with opened((80, 24)) as shown:
        await shown.cite(nasty)
        await shown.press("slash", *"mill")
        assert any("␛]52;c;aGk=␇" in text and "⟨202E⟩" in text for text, _ in shown.everything)
        assert_harmless(shown)
        path.unlink()
        await shown.cite(nasty)
        assert_harmless(shown)
        assert "␛]52;c;aGk=␇" in shown.notice
        shown.pane.show_file(str(path), f"{hostile}.txt", hostile)
        await shown.settle()
        assert_harmless(shown)


def assert_harmless(shown: Shown) -> None:
    for text, style in shown.everything:
        assert not {unicodedata.category(char) for char in text} & HIDDEN, text
        assert not style.link
        assert not any("app." in str(value) for value in style.meta.values())


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


@pytest.mark.parametrize("status", list(Status))
async def test_what_the_file_says_now_counts_and_not_what_the_citation_says(
    article: Path, status: Status
) -> None:
    async with opened() as shown:
        await shown.cite(citation(str(article), ARTICLE, SENTENCE, "Monday", status))
        assert ("moved" in shown.header) == (status is Status.MOVED)
        assert any("┃" in row for row in shown.rows)


async def test_what_the_mouse_selects_is_copied_letter_for_letter(tmp_path: Path) -> None:
    text = "One.\nzero\u200bwidth and a\ttab, and more words than there is room for here.\nLast."
    (tmp_path / "port.txt").write_text(text)
    async with opened((40, 12)) as shown:
        shown.pane.show_file(str(tmp_path / "port.txt"), "news/port.txt", "The port")
        await shown.settle()
        view = shown.pane.article.view
        last = next(y for y, row in enumerate(shown.words) if row == "Last.")
        await shown.pilot.mouse_down(view, offset=(6, 1))
        await shown.pilot.hover(view, offset=(9, last))
        await shown.pilot.mouse_up(view, offset=(9, last))
        assert shown.app.screen.get_selected_text() == text[5 : text.index("Last") + 4]
        assert shown.styled("width").bgcolor != shown.styled("One.").bgcolor
        shown.pane.show_file(str(tmp_path / "port.txt"), "news/port.txt", "The port")
        await shown.settle()
        assert not shown.app.screen.selections
