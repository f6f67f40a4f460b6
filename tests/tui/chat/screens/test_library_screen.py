from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Label, Static, TabbedContent

from tests.tui.chat.widgets.test_progress_bar import summary
from tests.tui.cli.test_hostile import hostile as hostile
from tests.tui.fakes import Shell
from tui.chat.screens.library_screen import LibraryScreen, LimitTo, OpenArticle
from tui.chat.widgets.progress_bar import ProgressBar
from tui.chat.widgets.table import RowTable

DAM = "# A dam broke\n\nMay 3, 2011\n\nThe dam broke at night. Nobody was hurt.\n"
Result = OpenArticle | LimitTo | None


class LibraryApp(App[None]):
    def __init__(self, shell: Shell, *within: str) -> None:
        super().__init__()
        self.library = LibraryScreen(shell.index, within)
        self.results: list[Result] = []
        self.asked: list[object] = []

    def on_mount(self) -> None:
        self.push_screen(self.library, self.results.append)

    def on_library_screen_rebuild(self) -> None:
        self.asked.append("rebuild")

    def on_library_screen_add_folder(self, add: LibraryScreen.AddFolder) -> None:
        self.asked.append(add.path)

    def on_library_screen_forget_folder(self, forget: LibraryScreen.ForgetFolder) -> None:
        self.asked.append(("forget", forget.path))

    @property
    def told(self) -> str:
        return str(self.library.query_one("#told", Label).content)

    def lines(self, table: str = "articles") -> list[str]:
        shown = self.library.query_one(f"#{table}", RowTable)
        lines = (shown.render_line(y).text for y in range(shown.size.height))
        return [line.rstrip() for line in lines if line.strip()]


async def loaded(pilot: Pilot[Any]) -> None:
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


@pytest.fixture
def three(indexed: Shell) -> Shell:
    indexed.write("dam.txt", DAM)
    indexed.byline("index")
    return indexed


async def test_articles_are_shown_with_what_is_known_of_them(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=(120, 30)) as pilot:
        await loaded(pilot)
        heading, dam, *rest = [line.split() for line in app.lines()]
        assert heading == ["Article", "▲", "File", "Date", "Lines", "Passages", "Now"]
        assert " ".join(dam) == "A dam broke news/dam.txt 3 May 2011 5 1 unchanged"
        assert len(rest) == 2
        assert app.told == "3 of 3"
        assert str(app.library.query_one("#folders", Static).content) == "news (3)"


async def test_on_a_narrow_terminal_the_columns_that_matter_less_are_left_out(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        assert app.lines()[0].split() == ["Article", "▲", "Date", "Now"]
        assert app.lines()[1].split() == "A dam broke 3 May 2011 unchanged".split()


async def test_what_changed_since_is_told_and_a_build_is_offered(three: Shell) -> None:
    three.write("port.txt", "Something else entirely.")
    (three.news / "in/mill.txt").unlink()
    three.write("new.txt", "The dam was built again.")
    app = LibraryApp(three)
    async with app.run_test(size=(120, 30)) as pilot:
        await loaded(pilot)
        states = {line.split()[-1] for line in app.lines()[1:]}
        assert states == {"unchanged", "changed", "deleted", "new"}
        assert app.told == "4 of 4, 1 new, 1 changed, 1 gone, r brings the index up to date"
        await pilot.press("r")
        assert app.asked == ["rebuild"]


async def test_the_list_is_filtered_as_one_types(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("slash", *"DAM")
        assert app.told == "1 of 3"
        await pilot.press("enter", "enter")
    assert app.results == [OpenArticle(str(three.news / "dam.txt"), "news/dam.txt", "A dam broke")]


async def test_escape_leaves_the_filter_first_and_then_the_library(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("slash", *"dam", "escape")
        assert app.library.query_one("#filter", Input).value == ""
        assert app.told == "3 of 3"
        await pilot.press("escape")
    assert app.results == [None]


@pytest.mark.parametrize(
    ("keys", "first"),
    [(["2"], "A dam broke"), (["2", "2"], "news/port.txt"), (["4", "4"], "A dam broke")],
)
async def test_numbers_put_the_articles_in_order(three: Shell, keys: list[str], first: str) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=(120, 30)) as pilot:
        await loaded(pilot)
        await pilot.press(*keys)
        assert app.lines()[1].strip().startswith(first)


async def test_a_click_on_a_heading_does_too(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=(120, 30)) as pilot:
        await loaded(pilot)
        await pilot.click("#articles", offset=(60, 0))
        assert "Date ▲" in app.lines()[0]
        await pilot.click("#articles", offset=(60, 0))
        assert "Date ▼" in app.lines()[0]


async def test_the_chat_is_limited_to_what_is_marked(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("l")
        assert app.results == []
        await pilot.press("space", "space", "up", "space")
        assert app.told == "3 of 3, 1 marked"
        assert app.lines()[1].startswith("● A dam broke")
        await pilot.press("l")
    assert app.results == [LimitTo((str(three.news / "dam.txt"),))]


async def test_all_that_a_filter_shows_are_marked_at_once(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("slash", *"mill", "enter", "asterisk", "l")
    assert app.results == [LimitTo((str(three.news / "in/mill.txt"),))]


async def test_what_the_chat_is_limited_to_is_marked_and_the_limit_can_be_lifted(
    three: Shell,
) -> None:
    app = LibraryApp(three, f"{three.news}/in")
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        assert app.told == "3 of 3, 1 marked"
        await pilot.press("c")
    assert app.results == [LimitTo(())]


async def test_a_file_that_is_not_indexed_yet_cannot_be_marked(three: Shell) -> None:
    three.write("a.txt", "# A\n\nThe dam was built again.")
    app = LibraryApp(three)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("slash", *"a.txt", "enter", "space", "asterisk")
        assert app.told.startswith("1 of 4, 1 new")


async def test_what_was_skipped_is_listed_with_its_reason(three: Shell) -> None:
    three.write("report.pdf", "x")
    app = LibraryApp(three)
    async with app.run_test(size=(120, 30)) as pilot:
        await loaded(pilot)
        await pilot.press("s")
        await pilot.pause()
        assert app.lines("skipped")[1].startswith("not .txt or .md")
        assert app.lines("skipped")[1].endswith("news/report.pdf")
        tabs = app.library.query_one(TabbedContent)
        assert str(tabs.get_tab("skipped-tab").label) == "Skipped (1)"
        await pilot.press("s")
        assert tabs.active == "articles-tab"
        assert not app.library.query_one("#none-skipped").display


async def test_where_nothing_was_skipped_that_is_told(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=(120, 30)) as pilot:
        await loaded(pilot)
        await pilot.press("s")
        assert app.library.query_one("#none-skipped").display


async def test_when_a_build_is_done_the_library_is_read_again(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        three.write("new.txt", "The dam was built again.")
        assert three.byline("index").code == 0
        app.library.query_one(ProgressBar).update_job(summary(added=1))
        await loaded(pilot)
        assert app.told == "4 of 4"


async def test_a_folder_is_added(three: Shell) -> None:
    (three.home / "blog").mkdir()
    app = LibraryApp(three)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("a")
        await pilot.pause()
        await pilot.press("slash")
        app.screen.query_one("#path", Input).value = "~/blog"
        await pilot.press("enter")
        await loaded(pilot)
    assert app.asked == ["~/blog"]


async def test_without_an_index_it_says_what_to_do(shell: Shell) -> None:
    app = LibraryApp(shell)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        assert app.told == "Nothing is indexed yet; a adds a folder."
        await pilot.press("space", "enter", "l")
    assert app.results == []


async def test_names_and_titles_are_shown_without_obeying_them(hostile: Shell) -> None:
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


async def test_a_folder_is_forgotten_once_that_is_confirmed(three: Shell) -> None:
    app = LibraryApp(three)
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("d")
        await pilot.pause()
        await pilot.press("escape")
        assert app.asked == []
        await pilot.press("d")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert app.asked == [("forget", str(three.news))]


async def test_files_larger_than_the_person_s_limit_are_told_as_skipped(three: Shell) -> None:
    three.write("large.txt", 10 * DAM)
    app = LibraryApp(three)
    app.library = LibraryScreen(three.index, (), max_bytes=9 * len(DAM))
    async with app.run_test(size=(80, 24)) as pilot:
        await loaded(pilot)
        await pilot.press("s")
        await pilot.pause()
        assert any("large.txt" in line for line in app.lines("skipped"))
