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

pytestmark = pytest.mark.slow


class WelcomeApp(App[None]):
    """The welcome alone, with what it returned."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[Bundled | Folder | None] = []

    def on_mount(self) -> None:
        self.push_screen(WelcomeScreen(), self.results.append)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with folders, one of them hidden, and a file."""
    for name in ("blog/2011", "news", ".hidden"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "a.txt").write_text("The dam broke.", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


async def wait_for_folder(pilot: Pilot[Any], name: str) -> None:
    """Wait until a folder is in the tree."""
    for _ in range(1000):
        await pilot.pause()
        trees = pilot.app.screen.query(FolderTree)
        nodes: list[Any] = [child for tree in trees for child in tree.root.children]
        nodes += [child for node in nodes for child in node.children]
        if any(str(node.label) == name for node in [*nodes, *(tree.root for tree in trees)]):
            return
    raise AssertionError(f"{name} does not appear")


def names_in_tree(app: App[None]) -> list[str]:
    root = app.screen.query_one(FolderTree).root
    return [str(child.label) for child in root.children]


@pytest.mark.parametrize(("keys", "result"), [(["down", "enter"], Bundled()), (["escape"], None)])
async def test_the_bundled_articles_are_two_keys_away_and_escape_decides_later(
    keys: list[str], result: Bundled | None
) -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press(*keys)
    assert app.results == [result]


async def test_a_folder_is_chosen_in_the_tree(home: Path) -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await wait_for_folder(pilot, "news")
        assert names_in_tree(app) == ["blog", "news"]
        await pilot.press("down", "right")
        await wait_for_folder(pilot, "2011")
        await pilot.press("down", "enter")
        await pilot.pause()
    assert app.results == [Folder(str(home / "blog/2011"))]


async def test_left_closes_a_folder_and_goes_to_its_parent(home: Path) -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        await wait_for_folder(pilot, "blog")
        await pilot.press("down", "right")
        await wait_for_folder(pilot, "2011")
        await pilot.press("left")
        tree = app.screen.query_one(FolderTree)
        assert not tree.root.children[0].is_expanded
        await pilot.press("left", "left")
        await wait_for_folder(pilot, home.name)
        assert tree.path == home.parent
        assert home.name in names_in_tree(app)


async def test_a_path_can_be_typed(home: Path) -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        await wait_for_folder(pilot, "news")
        await pilot.press("slash")
        app.screen.query_one(Input).value = "~/news"
        await pilot.press("enter")
        await pilot.pause()
    assert app.results == [Folder("~/news")]


async def test_a_missing_folder_is_reported_and_can_be_typed_again(home: Path) -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        await wait_for_folder(pilot, "news")
        for typed, message in (("typo\x1b", "typo␛"), ("", "Type a path")):
            app.screen.query_one(Input).value = typed
            app.screen.query_one(Input).focus()
            await pilot.press("enter")
            assert message in str(app.screen.query_one("#message", Label).content)
        await pilot.press("escape")
        assert isinstance(app.screen, WelcomeScreen)
    assert app.results == []


async def test_a_folder_is_chosen_with_the_mouse(home: Path) -> None:
    app = WelcomeApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("f")
        await wait_for_folder(pilot, "news")
        await pilot.click("#tree", offset=(8, 2))
        await pilot.click("#choose")
        await pilot.pause()
    assert app.results == [Folder(str(home / "news"))]


@pytest.mark.parametrize("name", [NAME, BROKEN_NAME, "[red]x[reverse]"])
async def test_a_folder_of_any_name_is_shown_safely_and_chosen_exactly(
    home: Path, name: str
) -> None:
    folder = home / "news" / name
    folder.mkdir()
    app = App[None]()
    chosen: list[str | None] = []
    async with app.run_test(size=(80, 24)) as pilot:
        app.push_screen(FolderScreen(home / "news"), chosen.append)
        await wait_for_folder(pilot, visible_name(name))
        (label,) = names_in_tree(app)
        assert not {"\x1b", "\x9b", "\x07", "\u202e"} & set(label)
        assert "[red]" in label or name == BROKEN_NAME
        await pilot.press("down")
        await pilot.click("#choose")
        await pilot.pause()
    assert chosen == [str(folder)]
