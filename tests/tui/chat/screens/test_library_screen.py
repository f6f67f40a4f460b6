from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Label, Static, TabbedContent

from tests.tui.chat.replies import summary
from tests.tui.cli.test_hostile import hostile as hostile
from tests.tui.conftest import MILL, PORT
from tests.tui.fakes import Shell
from tui.chat.screens.library_screen import LibraryScreen, LimitTo, OpenArticle
from tui.chat.widgets.progress_bar import ProgressBar
from tui.chat.widgets.table import RowTable

pytestmark = pytest.mark.slow

DAM = "# A dam broke\n\nMay 3, 2011\n\nThe dam broke at night. Nobody was hurt.\n"
WIDE, NARROW = (120, 30), (80, 24)
Result = OpenArticle | LimitTo | None


class LibraryApp(App[None]):
    """The library alone, with what it returned and requested."""

    def __init__(self, shell: Shell, *scope: str) -> None:
        super().__init__()
        self.library = LibraryScreen(shell.index, scope)
        self.results: list[Result] = []
        self.requests: list[object] = []

    def on_mount(self) -> None:
        self.push_screen(self.library, self.results.append)

    def on_library_screen_rebuild(self) -> None:
        self.requests.append("rebuild")

    def on_library_screen_add_folder(self, add: LibraryScreen.AddFolder) -> None:
        self.requests.append(add.path)

    def on_library_screen_forget_folder(self, forget: LibraryScreen.ForgetFolder) -> None:
        self.requests.append(("forget", forget.path))

    @property
    def counts(self) -> str:
        return str(self.library.query_one("#counts", Label).content)

    def lines(self, table: str = "articles") -> list[str]:
        shown = self.library.query_one(f"#{table}", RowTable)
        lines = (shown.render_line(y).text for y in range(shown.size.height))
        return [line.rstrip() for line in lines if line.strip()]


async def loaded(pilot: Pilot[Any]) -> None:
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.fixture
def three(shell: Shell) -> Shell:
    """A home with three indexed articles."""
    for name, text in (("port.txt", PORT), ("in/mill.txt", MILL), ("dam.txt", DAM)):
        shell.write(name, text)
    assert shell.byline("index", "news").code == 0
    return shell


async def test_articles_are_listed_in_the_columns_that_fit(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=WIDE) as pilot:
        await loaded(pilot)
        heading, dam, *rest = [line.split() for line in app.lines()]
        assert heading == ["Article", "▲", "File", "Date", "Lines", "Passages", "Now"]
        assert " ".join(dam) == "A dam broke news/dam.txt 3 May 2011 5 1 unchanged"
        assert len(rest) == 2
        assert app.counts == "3 of 3"
        assert str(app.library.query_one("#folders", Static).content) == "news (3)"
        await pilot.resize_terminal(*NARROW)
        assert app.lines()[0].split() == ["Article", "▲", "Date", "Now"]
        assert app.lines()[1].split() == "A dam broke 3 May 2011 unchanged".split()


async def test_changes_since_indexing_are_counted_and_an_update_is_offered(three: Shell) -> None:
    three.write("port.txt", "Something else entirely.")
    (three.news / "in/mill.txt").unlink()
    three.write("new.txt", "The dam was built again.")
    app = LibraryApp(three)
    async with app.run_test(size=WIDE) as pilot:
        await loaded(pilot)
        states = {line.split()[-1] for line in app.lines()[1:]}
        assert states == {"unchanged", "changed", "deleted", "new"}
        assert app.counts.startswith("4 of 4, 1 new, 1 changed, 1 deleted, R ")
        await pilot.press("r")
        assert app.requests == ["rebuild"]


async def test_the_list_is_filtered_while_typing(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=NARROW) as pilot:
        await loaded(pilot)
        await pilot.press("slash", *"DAM")
        assert app.counts == "1 of 3"
        await pilot.press("enter", "enter")
    assert app.results == [OpenArticle(str(three.news / "dam.txt"), "news/dam.txt", "A dam broke")]


async def test_escape_leaves_the_filter_first_and_then_the_library(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=NARROW) as pilot:
        await loaded(pilot)
        await pilot.press("slash", *"dam", "escape")
        assert app.library.query_one("#filter", Input).value == ""
        assert app.counts == "3 of 3"
        await pilot.press("escape")
    assert app.results == [None]


async def test_numbers_and_clicks_on_headings_sort(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=WIDE) as pilot:
        await loaded(pilot)
        for keys, first in (("2", "A dam broke"), ("2", "news/port.txt"), ("44", "A dam broke")):
            await pilot.press(*keys)
            assert app.lines()[1].strip().startswith(first)
        for heading in ("Date ▲", "Date ▼"):
            await pilot.click("#articles", offset=(60, 0))
            assert heading in app.lines()[0]


async def test_the_chat_is_limited_to_marked_articles(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=NARROW) as pilot:
        await loaded(pilot)
        await pilot.press("l")
        assert app.results == []
        await pilot.press("space", "space", "up", "space")
        assert app.counts == "3 of 3, 1 marked"
        assert app.lines()[1].startswith("● A dam broke")
        await pilot.press("l")
    assert app.results == [LimitTo((str(three.news / "dam.txt"),))]


async def test_all_filtered_articles_can_be_marked_at_once(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=NARROW) as pilot:
        await loaded(pilot)
        await pilot.press("slash", *"mill", "enter", "asterisk", "l")
    assert app.results == [LimitTo((str(three.news / "in/mill.txt"),))]


async def test_articles_in_scope_are_marked_and_the_limit_can_be_removed(three: Shell) -> None:
    app = LibraryApp(three, f"{three.news}/in")
    async with app.run_test(size=NARROW) as pilot:
        await loaded(pilot)
        assert app.counts == "3 of 3, 1 marked"
        await pilot.press("c")
    assert app.results == [LimitTo(())]


async def test_a_file_that_is_not_indexed_yet_cannot_be_marked(three: Shell) -> None:
    three.write("a.txt", "# A\n\nThe dam was built again.")
    app = LibraryApp(three)
    async with app.run_test(size=NARROW) as pilot:
        await loaded(pilot)
        await pilot.press("slash", *"a.txt", "enter", "space", "asterisk")
        assert app.counts.startswith("1 of 4, 1 new")


async def test_skipped_files_are_listed_with_their_reasons(three: Shell) -> None:
    three.write("report.zip", "x")
    three.write("large.txt", 10 * DAM)
    app = LibraryApp(three)
    app.library = LibraryScreen(three.index, (), max_bytes=9 * len(DAM))
    async with app.run_test(size=WIDE) as pilot:
        await loaded(pilot)
        await pilot.press("s")
        await pilot.pause()
        _, large, skipped = sorted(app.lines("skipped"), key=lambda line: line.endswith("zip"))
        assert large.endswith("news/large.txt")
        assert skipped.startswith("not a format that Byline reads")
        assert skipped.endswith("news/report.zip")
        tabs = app.library.query_one(TabbedContent)
        assert str(tabs.get_tab("skipped-tab").label) == "Skipped (2)"
        assert not app.library.query_one("#none-skipped").display
        await pilot.press("s")
        assert tabs.active == "articles-tab"


async def test_the_library_is_read_again_after_a_build(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=NARROW) as pilot:
        await loaded(pilot)
        await pilot.press("s")
        assert app.library.query_one("#none-skipped").display
        three.write("new.txt", "The dam was built again.")
        assert three.byline("index").code == 0
        app.library.query_one(ProgressBar).update_job(summary(added=1))
        await loaded(pilot)
        assert app.counts == "4 of 4"


async def test_folders_are_added_and_removed_once_confirmed(three: Shell) -> None:
    (three.home / "blog").mkdir()
    app = LibraryApp(three)
    async with app.run_test(size=NARROW) as pilot:
        await loaded(pilot)
        await pilot.press("a")
        await pilot.pause()
        await pilot.press("slash")
        app.screen.query_one("#path", Input).value = "~/blog"
        await pilot.press("enter")
        await loaded(pilot)
        assert app.requests == ["~/blog"]
        for key, requests in (("escape", []), ("enter", [("forget", str(three.news))])):
            app.requests.clear()
            await pilot.press("d")
            await pilot.pause()
            await pilot.press(key)
            await pilot.pause()
            assert app.requests == requests


async def test_without_an_index_it_says_how_to_add_a_folder(shell: Shell) -> None:
    app = LibraryApp(shell)
    async with app.run_test(size=NARROW) as pilot:
        await loaded(pilot)
        assert app.counts.startswith("No articles yet")
        await pilot.press("space", "enter", "l")
    assert app.results == []


async def test_hostile_names_and_titles_are_shown_safely(hostile: Shell) -> None:
    app = LibraryApp(hostile)
    async with app.run_test(size=(200, 30)) as pilot:
        await loaded(pilot)
        shown = "\n".join(app.lines() + app.lines("skipped"))
        assert "␛]52" in shown
        assert not {"\x1b", "\x9b", "\x07", "\u202e", "\u200b"} & set(shown)
        await pilot.press("enter")
    (opened,) = app.results
    assert isinstance(opened, OpenArticle)
    assert opened.file.startswith(f"{hostile.news}/")
