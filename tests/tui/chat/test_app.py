"""The app around the conversation: indexes, builds, changed articles, settings, typed keys."""

from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.screen import Screen
from textual.widgets import Input, Static

from index.build.events import Progress, Stage
from index.changes import Changes
from index.errors import IndexDamaged
from index.storage.scope import EVERYTHING
from index.watch.events import Problem, Updating, UpToDate
from tests.tui.chat.chats import Chat, FakeJob, Home, chat_of
from tests.tui.chat.conftest import UNCHANGED
from tests.tui.chat.replies import summary
from tui.chat.jobs import Jobs, WatchedIndex
from tui.chat.screens.chat_screen import ChatScreen
from tui.chat.screens.library_screen import LibraryScreen
from tui.chat.screens.welcome_screen import WelcomeScreen
from tui.chat.themes import DARK, LIGHT
from tui.chat.widgets.progress_bar import ProgressBar
from tui.jobs.async_bot import NothingIndexed, Ready, ToPrepare
from tui.jobs.events import End, Event, Failed, Prepared, Stopped
from tui.jobs.subprocess_job import BuildJob, PrepareJob, WatchJob

pytestmark = pytest.mark.slow

PREPARE = PrepareJob("fake", "fake")
HALF = Progress(Stage.EMBED, 50, 100)


def build(home: Home, *added: str, index: str = "own") -> BuildJob:
    return BuildJob(str(home.path / index), "fake", "fake", added)


async def report(chat: Chat, event: Event) -> None:
    """Let the last job report an event."""
    chat.app.post_message(Jobs.Happened(event, chat.home.jobs[-1]))
    await chat.settle()


def notice(chat: Chat) -> str:
    """Return the line above the input."""
    return str(chat.screen.query_one("#notice", Static).content)


async def go(chat: Chat, *keys: str) -> Screen[Any]:
    """Press keys, and return the screen that they lead to."""
    await chat.pilot.press(*keys)
    await chat.settle()
    return chat.app.screen


# The index


async def test_the_bundled_articles_can_be_tried_if_there_is_no_index(home: Home) -> None:
    home.states = [NothingIndexed(), ToPrepare(PREPARE)]
    home.job_events = [[Prepared()]]
    async with chat_of(home) as chat:
        await chat.settle()
        assert isinstance(chat.app.screen, WelcomeScreen)
        await go(chat, "t")
        assert home.bot.folder == home.path / "bundled"
        assert home.jobs == [PREPARE]
        await chat.ask("Who?")
        assert len(home.bot.asked) == 1
        assert home.bots[0].closed == 1


async def test_the_bundled_articles_are_used_again_once_they_were_chosen(home: Home) -> None:
    (home.path / "bundled").mkdir()
    home.states = [NothingIndexed()]
    async with chat_of(home) as chat:
        await chat.settle()
        assert [bot.folder.name for bot in home.bots] == ["own", "bundled"]
        assert isinstance(chat.app.screen, ChatScreen)


async def test_a_folder_is_indexed_and_then_asked_if_there_was_no_index(home: Home) -> None:
    home.states = [NothingIndexed()]
    home.job_events = [[HALF, summary(added=1)]]
    async with chat_of(home) as chat:
        await chat.settle()
        await go(chat, "f", "slash")
        chat.app.screen.query_one(Input).value = str(home.path / "news")
        await go(chat, "enter")
        assert home.jobs == [build(home, str(home.path / "news"))]
        assert [bot.folder.name for bot in home.bots] == ["own", "own"]
        await chat.ask("Who?")
        assert len(home.bot.asked) == 1


async def test_deciding_later_leaves_a_notice_of_how_to_add_a_folder(home: Home) -> None:
    home.states = [NothingIndexed()]
    async with chat_of(home) as chat:
        await chat.settle()
        await go(chat, "escape")
        assert "Ctrl+L" in notice(chat)
        assert home.jobs == []


async def test_a_question_asked_while_models_are_prepared_is_queued(home: Home) -> None:
    home.states = [ToPrepare(PREPARE)]
    async with chat_of(home) as chat:
        await chat.pilot.press(*"Who?", "enter")
        await chat.until(lambda: home.jobs == [PREPARE])
        await chat.until(lambda: "queued until" in chat.lines[1])
        assert "Preparing the models" in notice(chat)
        assert home.bot.asked == []
        await report(chat, Prepared())
        assert notice(chat) == ""
        assert home.bot.opened == 2
        assert home.bot.asked == [("Who?", EVERYTHING, ())]


@pytest.mark.parametrize("end", [Failed("No space", "disk full\x1b[2J"), Stopped()])
async def test_a_queued_question_is_restored_when_its_job_fails(home: Home, end: End) -> None:
    home.states = [ToPrepare(PREPARE)]
    async with chat_of(home) as chat:
        chat.prompt.text = "What is wrong?"
        await chat.pilot.press("enter")
        await chat.until(lambda: home.jobs == [PREPARE])
        await report(chat, end)
        assert chat.lines[1] == "  that cannot be asked"
        assert chat.prompt.text == "What is wrong?"
        expected = ["No space: disk full␛[2J"] if isinstance(end, Failed) else []
        assert chat.notices == expected


async def test_an_index_that_cannot_be_opened_is_reported(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: object) -> Ready:
        raise IndexDamaged("the index is damaged\x07")

    monkeypatch.setattr("tests.tui.chat.chats.FakeBot.open", fail)
    async with chat_of(home) as chat:
        await chat.ask("What is wrong?")
        assert notice(chat) == "the index is damaged␇"
        assert chat.prompt.text == "What is wrong?"


# Watching


def watch_job(home: Home, index: str = "own") -> WatchJob:
    return WatchJob(str(home.path / index), "fake")


async def happen(chat: Chat, event: Event) -> None:
    """Let the watcher report an event."""
    chat.app.post_message(WatchedIndex.Happened(event))
    await chat.settle()


async def test_the_input_shows_whether_the_index_is_up_to_date(home: Home) -> None:
    home.watches = True
    async with chat_of(home) as chat:
        await chat.settle()
        assert home.jobs == [watch_job(home)]
        for event, shown in (
            (Updating(0), "looking for changes"),
            (UpToDate(7), "index up to date"),
            (Updating(1), "updating 1 article"),
            (summary(changed=1), "updating 1 article"),
            (UpToDate(7), "index up to date"),
            (Updating(2_000), "updating 2,000 articles"),
        ):
            await happen(chat, event)
            assert chat.prompt.border_subtitle == shown
        assert notice(chat) == ""
        await chat.ask("Who?")
        assert [len(bot.asked) for bot in home.bots] == [1]
    assert home.running[0].stopped == 1


async def test_a_problem_of_the_watcher_is_a_notice(home: Home) -> None:
    home.watches = True
    async with chat_of(home) as chat:
        await happen(chat, Problem("news is polled\x1b[2J"))
        await happen(chat, Failed("Index is busy", "process 7 is keeping it up to date already"))
        assert chat.notices[0] == "news is polled␛[2J"
        assert "process 7" in chat.notices[1]
        assert chat.prompt.border_subtitle == "index not watched"


async def test_the_index_that_is_asked_is_the_one_that_is_watched(home: Home) -> None:
    home.watches = True
    async with chat_of(home) as chat:
        await go(chat, "f5")
        await report(chat, summary(changed=2))
        assert [job for job in home.jobs if isinstance(job, WatchJob)] == [watch_job(home)]
        chat.app.post_message(events.AppFocus())
        chat.app.ask_index(home.path / "other")
        await chat.settle()
        assert home.jobs[2:] == [watch_job(home, "other")]
        assert [job.stopped for job in home.running] == [1, 0, 0]


async def test_the_bundled_articles_are_not_watched(home: Home) -> None:
    home.watches = True
    (home.path / "bundled").mkdir()
    home.states = [NothingIndexed()]
    async with chat_of(home) as chat:
        await chat.settle()
    assert home.jobs == []


# Builds


async def test_questions_are_answered_during_a_build(home: Home) -> None:
    async with chat_of(home) as chat:
        await go(chat, "f5")
        assert home.jobs == [build(home)]
        await report(chat, HALF)
        bar = chat.screen.query_one(ProgressBar)
        assert "50/100" in str(bar.content)
        await chat.ask("Who?")
        assert len(home.bots[0].asked) == 1
        library = await go(chat, "ctrl+l")
        await report(chat, Progress(Stage.WRITE, 1, 2))
        assert "1/2" in str(library.query_one(ProgressBar).content)
        assert "1/2" in str(bar.content)
        await report(chat, summary(changed=2))
        assert len(home.bots) == 2
        await go(chat, "escape")
        await chat.ask("Who else?")
        assert [question for question, _, _ in home.bot.asked] == ["Who else?"]


async def test_the_library_starts_builds_too_but_only_one_runs_at_a_time(home: Home) -> None:
    async with chat_of(home) as chat:
        await go(chat, "ctrl+l", "r")
        await go(chat, "r", "f5")
        assert home.jobs == [build(home)]
        assert all("already running" in notice for notice in chat.notices)
        assert len(chat.notices) == 2
        await report(chat, summary())
        await go(chat, "f5")
        assert len(home.jobs) == 2


async def test_a_folder_can_be_removed_but_not_the_bundled_one(home: Home) -> None:
    async with chat_of(home) as chat:
        library = await go(chat, "ctrl+l")
        library.post_message(LibraryScreen.ForgetFolder("news"))
        await chat.settle()
        assert home.jobs == [BuildJob(str(home.path / "own"), "fake", "fake", (), ("news",))]
    (home.path / "bundled").mkdir()
    home.states = [NothingIndexed()]
    async with chat_of(home) as chat:
        await chat.settle()
        library = await go(chat, "ctrl+l")
        library.post_message(LibraryScreen.ForgetFolder("news"))
        await chat.settle()
        assert len(home.jobs) == 1


async def test_a_folder_added_to_the_bundled_articles_gets_its_own_index(home: Home) -> None:
    (home.path / "bundled").mkdir()
    home.states = [NothingIndexed()]
    async with chat_of(home) as chat:
        await chat.settle()
        library = await go(chat, "ctrl+l")
        library.post_message(LibraryScreen.AddFolder("news"))
        await chat.settle()
        assert home.jobs == [build(home, "news")]
        assert home.bot.folder.name == "bundled"
        await report(chat, summary(added=1))
        assert home.bot.folder.name == "own"
        assert isinstance(library, LibraryScreen)
        assert library.index == home.path / "own"
        await go(chat, "f5")
        assert home.jobs[1:] == [build(home)]


async def test_a_build_that_cannot_be_started_is_reported_and_another_can_be(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Home, __: object) -> None:
        raise OSError("no process left")

    async with chat_of(home) as chat:
        with monkeypatch.context() as patch:
            patch.setattr(FakeJob, "__init__", fail)
            await go(chat, "f5")
        (notice,) = chat.notices
        assert "no process left" in notice
        await go(chat, "f5")
        assert len(home.running) == 1


async def test_a_running_build_is_stopped_when_the_chat_is_closed(home: Home) -> None:
    home.job_events = [[HALF]]
    async with chat_of(home) as chat:
        await go(chat, "f5")
        (job,) = home.running
        assert job.stopped == 0
    assert job.stopped == 1


async def test_a_notice_offers_to_update_the_index_when_articles_changed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores: list[object] = []
    found = UNCHANGED

    def changes(store: object, max_bytes: int) -> Changes:
        stores.append(store)
        return found

    monkeypatch.setattr("tui.library.contents.changes", changes)
    async with chat_of(home) as chat:
        await chat.settle()
        assert notice(chat) == ""
        found = replace(UNCHANGED, new=frozenset("ab"), deleted=frozenset("c"))
        chat.app.post_message(events.AppFocus())
        await chat.until(lambda: notice(chat) != "")
        assert "(2 new, 1 deleted)" in notice(chat)
        assert "F5" in notice(chat)
        await go(chat, "f5")
        chat.app.post_message(events.AppFocus())
        await chat.settle()
        assert len(stores) == 2
        found = UNCHANGED
        await report(chat, summary(added=2, removed=1))
        assert notice(chat) == ""
        assert len(stores) == 3


# Settings


async def test_a_theme_is_saved(home: Home) -> None:
    async with chat_of(home) as chat:
        assert chat.app.theme == DARK.name
        chat.app.theme = LIGHT.name
        await chat.settle()
    assert home.app().theme == LIGHT.name


@pytest.mark.parametrize("saved", ['{"theme": "none such\\u001b"}', "\x00 no settings", "{}"])
async def test_an_unknown_theme_is_replaced_by_the_first(home: Home, saved: str) -> None:
    file = home.path / "config" / "chat.json"
    file.parent.mkdir()
    file.write_text(saved)
    assert home.app().theme == DARK.name


async def test_settings_that_cannot_be_saved_are_reported(home: Home) -> None:
    (home.path / "config").write_text("in the way")
    async with chat_of(home) as chat:
        chat.app.theme = LIGHT.name
        await chat.settle()
        (notice,) = chat.notices
        assert "settings could not be saved" in notice


# Typed keys


async def test_keys_typed_right_after_the_key_that_moves_to_an_input_go_there(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who bought the mill?")
        await go(chat, "tab", "enter")
        for key in ("slash", *"exo"):
            chat.app.post_message(events.Key(key, key))
        await chat.settle()
        assert chat.source.find_bar.query_one(Input).value == "exo"
        await go(chat, "escape", "escape", "tab")
        for key in ("escape", *"wxr"):
            chat.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await chat.settle()
        assert chat.prompt.text == "wxr"
