from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Label

from tests.tui.cli.test_hostile import BROKEN_NAME, NAME
from tui.chat.screens.folder_screen import FolderScreen, FolderTree
from tui.chat.screens.welcome_screen import Bundled, Folder, WelcomeScreen
from tui.output.sanitise import visible_name


class WelcomeApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.results: list[Bundled | Folder | None] = []

    def on_mount(self) -> None:
        self.push_screen(WelcomeScreen(), self.results.append)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with folders of articles, and others."""
    for name in ("blog/2011", "news", ".hidden"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a.txt").write_text("The dam broke.", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def shows(pilot: Pilot[Any], name: str) -> None:
    """Wait until a folder is in the tree."""
    for _ in range(300):
        await pilot.pause()
        trees = pilot.app.screen.query(FolderTree)
        nodes: list[Any] = [child for tree in trees for child in tree.root.children]
        nodes += [child for node in nodes for child in node.children]
        if any(str(node.label) == name for node in [*nodes, *(tree.root for tree in trees)]):
            return
    raise AssertionError(f"{name} does not appear")


def tree_names(app: App[None]) -> list[str]:
    root = app.screen.query_one(FolderTree).root
    return [str(child.label) for child in root.children]


async def test_the_bundled_articles_are_two_keys_away() -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("down", "enter")
    assert app.results == [Bundled()]


async def test_one_may_decide_later() -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("escape")
    assert app.results == [None]


async def test_a_folder_is_chosen_in_the_tree(home: Path) -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await shows(pilot, "news")
        assert tree_names(app) == ["blog", "news"]
        await pilot.press("down", "right")
        await shows(pilot, "2011")
        await pilot.press("down", "enter")
        await pilot.pause()
    assert app.results == [Folder(str(home / "blog/2011"))]


async def test_left_closes_a_folder_and_goes_up(home: Path) -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        await shows(pilot, "blog")
        await pilot.press("down", "right")
        await shows(pilot, "2011")
        await pilot.press("left")
        tree = app.screen.query_one(FolderTree)
        assert not tree.root.children[0].is_expanded
        await pilot.press("left", "left")
        await shows(pilot, home.name)
        assert tree.path == home.parent
        assert home.name in tree_names(app)


async def test_a_path_can_be_typed(home: Path) -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        await shows(pilot, "news")
        await pilot.press("slash")
        app.screen.query_one(Input).value = "~/news"
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [Folder("~/news")]


async def test_what_is_not_there_is_told_and_can_be_typed_again(home: Path) -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        await shows(pilot, "news")
        for typed, told in (("typo\x1b", "There is no folder typo␛"), ("", "Type a path")):
            app.screen.query_one(Input).value = typed
            app.screen.query_one(Input).focus()
            await pilot.press("enter")
            assert str(app.screen.query_one("#told", Label).content) == told
        await pilot.press("escape")
        assert isinstance(app.screen, WelcomeScreen)
    assert app.results == []


async def test_the_mouse_chooses_too(home: Path) -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        await shows(pilot, "news")
        await pilot.click("#tree", offset=(8, 2))
        await pilot.click("#choose")
        await pilot.pause()
    assert app.results == [Folder(str(home / "news"))]


@pytest.mark.parametrize("name", [NAME, BROKEN_NAME, "[red]x[reverse]"])
async def test_a_folder_of_any_name_is_shown_safely_and_chosen_exactly(
    home: Path, name: str
) -> None:
    place = home / "news" / name
    place.mkdir()
    app = App[None]()
    chosen: list[str | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(FolderScreen(home / "news"), chosen.append)
        await shows(pilot, visible_name(name))
        (label,) = tree_names(app)
        assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(label)
        assert "[red]" in label or name == BROKEN_NAME
        await pilot.press("down")
        await pilot.click("#choose")
        await pilot.pause()
    assert chosen == [str(place)]
