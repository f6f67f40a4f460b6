"""What the app does around the conversation: indexes, builds, screens, what is kept and made."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.binding import Binding
from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from index.build.events import Progress, Stage
from index.changes import Changes
from index.errors import IndexDamaged
from qa.answers import Answered, Status
from tests.tui.chat.chats import Chat, FakeJob, Home, chat_of
from tests.tui.chat.replies import SENTENCE
from tests.tui.chat.widgets.test_progress_bar import summary
from tui.chat.app import ChatApp
from tui.chat.jobs import Jobs
from tui.chat.screens.chat_screen import ChatScreen
from tui.chat.screens.help_screen import HelpScreen
from tui.chat.screens.library_screen import LibraryScreen
from tui.chat.screens.sessions_screen import NameScreen, SessionsScreen
from tui.chat.screens.welcome_screen import WelcomeScreen
from tui.chat.themes import DARK, LIGHT
from tui.chat.widgets.progress_bar import ProgressBar
from tui.editors import EditorCommand, NoEditor
from tui.jobs.async_bot import NothingIndexed, Ready, ToPrepare
from tui.jobs.events import End, Event, Failed, Prepared, Stopped
from tui.jobs.subprocess_job import BuildJob, PrepareJob
from tui.output.quote_records import read_records
from tui.output.verify import verify

SAME = Changes(frozenset(), frozenset(), frozenset(), frozenset(), ())
PREPARE = PrepareJob("fake", "fake")
HALF = Progress(Stage.EMBED, 50, 100)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tui.library.contents.changes", lambda *_: SAME)
    return Home(tmp_path)


def build(home: Home, *added: str, index: str = "own") -> BuildJob:
    return BuildJob(str(home.path / index), "fake", "fake", added)


async def tell(chat: Chat, event: Event) -> None:
    """Let the job that was begun last tell something."""
    chat.app.post_message(Jobs.Happened(event, chat.home.jobs[-1]))
    await chat.settle()


def told(chat: Chat) -> list[str]:
    """What was told in passing."""
    return [one.message for one in chat.app._notifications]


def notice(chat: Chat) -> str:
    """The line above the input."""
    return str(chat.screen.query_one("#notice", Static).content)


async def go(chat: Chat, *keys: str) -> Screen[Any]:
    await chat.pilot.press(*keys)
    await chat.settle()
    return chat.app.screen


# The index that is asked


async def test_the_bundled_articles_are_tried_where_nothing_is_indexed(home: Home) -> None:
    home.states = [NothingIndexed(), ToPrepare(PREPARE)]
    home.told = [[Prepared()]]
    async with chat_of(home) as chat:
        await chat.settle()
        assert isinstance(chat.app.screen, WelcomeScreen)
        await go(chat, "t")
        assert home.desk.folder == home.path / "bundled"
        assert home.jobs == [PREPARE]
        await chat.ask("Who?")
        assert len(home.desk.asked) == 1
        assert home.desks[0].closed == 1


async def test_the_bundled_articles_are_asked_again_once_they_were_chosen(home: Home) -> None:
    (home.path / "bundled").mkdir()
    home.states = [NothingIndexed()]
    async with chat_of(home) as chat:
        await chat.settle()
        assert [one.folder.name for one in home.desks] == ["own", "bundled"]
        assert isinstance(chat.app.screen, ChatScreen)


async def test_a_folder_is_indexed_and_then_asked_where_nothing_was(home: Home) -> None:
    home.states = [NothingIndexed()]
    home.told = [[HALF, summary(added=1)]]
    async with chat_of(home) as chat:
        await chat.settle()
        await go(chat, "f", "slash")
        chat.app.screen.query_one(Input).value = str(home.path / "news")
        await go(chat, "enter")
        assert home.jobs == [build(home, str(home.path / "news"))]
        assert [one.folder.name for one in home.desks] == ["own", "own"]
        await chat.ask("Who?")
        assert len(home.desk.asked) == 1


async def test_who_decides_later_is_told_how_and_keeps_the_question(home: Home) -> None:
    home.states = [NothingIndexed()]
    async with chat_of(home) as chat:
        await chat.settle()
        await go(chat, "escape")
        assert notice(chat) == "Nothing is indexed yet; ctrl+l and then a adds a folder."
        assert home.jobs == []


async def test_a_question_asked_while_models_are_prepared_waits_for_them(home: Home) -> None:
    home.states = [ToPrepare(PREPARE)]
    async with chat_of(home) as chat:
        await chat.pilot.press(*"Who?", "enter")
        await chat.until(lambda: home.jobs == [PREPARE])
        await chat.until(lambda: "  waits until the models are loaded" in chat.lines)
        assert notice(chat) == "Preparing the models, once; you can type meanwhile."
        assert home.desk.asked == []
        await tell(chat, Prepared())
        assert notice(chat) == ""
        assert home.desk.opened == 2
        assert home.desk.asked == [("Who?", (), ())]


@pytest.mark.parametrize("end", [Failed("No space", "disk full\x1b[2J"), Stopped()])
async def test_a_question_that_waits_for_a_job_that_breaks_off_gets_the_error_back(
    home: Home, end: End
) -> None:
    home.states = [ToPrepare(PREPARE)]
    async with chat_of(home) as chat:
        chat.prompt.text = "What is wrong?"
        await chat.pilot.press("enter")
        await chat.until(lambda: home.jobs == [PREPARE])
        await tell(chat, end)
        assert chat.lines[1] == "  that cannot be asked"
        assert chat.prompt.text == "What is wrong?"
        expected = ["No space: disk full␛[2J"] if isinstance(end, Failed) else []
        assert told(chat) == expected


async def test_an_index_that_cannot_be_opened_says_so(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_: object) -> Ready:
        raise IndexDamaged("the index is damaged\x07")

    monkeypatch.setattr("tests.tui.chat.chats.FakeDesk.open", broken)
    async with chat_of(home) as chat:
        await chat.ask("What is wrong?")
        assert notice(chat) == "the index is damaged␇"
        assert chat.prompt.text == "What is wrong?"


# Builds


async def test_questions_are_answered_while_the_index_is_rebuilt(home: Home) -> None:
    async with chat_of(home) as chat:
        await go(chat, "f5")
        assert home.jobs == [build(home)]
        await tell(chat, HALF)
        bar = chat.screen.query_one(ProgressBar)
        assert "50/100" in str(bar.content)
        await chat.ask("Who?")
        assert len(home.desks[0].asked) == 1
        library = await go(chat, "ctrl+l")
        await tell(chat, Progress(Stage.WRITE, 1, 2))
        assert "1/2" in str(library.query_one(ProgressBar).content)
        assert "1/2" in str(bar.content)
        await tell(chat, summary(changed=2))
        assert len(home.desks) == 2
        await go(chat, "escape")
        await chat.ask("Who else?")
        assert [question for question, _, _ in home.desk.asked] == ["Who else?"]


async def test_the_library_rebuilds_too_and_one_build_runs_at_a_time(home: Home) -> None:
    async with chat_of(home) as chat:
        await go(chat, "ctrl+l", "r")
        await go(chat, "r", "f5")
        assert home.jobs == [build(home)]
        assert set(told(chat)) == {"A build is running already; it is shown above the input."}
        await tell(chat, summary())
        await go(chat, "f5")
        assert len(home.jobs) == 2


async def test_a_folder_is_forgotten_but_not_the_bundled_one(home: Home) -> None:
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


async def test_a_folder_added_to_the_bundled_articles_is_an_index_of_its_own(home: Home) -> None:
    (home.path / "bundled").mkdir()
    home.states = [NothingIndexed()]
    async with chat_of(home) as chat:
        await chat.settle()
        library = await go(chat, "ctrl+l")
        library.post_message(LibraryScreen.AddFolder("news"))
        await chat.settle()
        assert home.jobs == [build(home, "news")]
        assert home.desk.folder.name == "bundled"
        await tell(chat, summary(added=1))
        assert home.desk.folder.name == "own"
        assert isinstance(library, LibraryScreen)
        assert library.index == home.path / "own"
        await go(chat, "f5")
        assert home.jobs[1:] == [build(home)]


async def test_a_build_that_cannot_be_started_says_so_and_another_can_be(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Home, __: object) -> None:
        raise OSError("no process left")

    async with chat_of(home) as chat:
        with monkeypatch.context() as patch:
            patch.setattr(FakeJob, "__init__", fail)
            await go(chat, "f5")
        assert told(chat) == ["No build could be started: no process left"]
        await go(chat, "f5")
        assert len(home.running) == 1


async def test_a_build_that_runs_is_stopped_when_the_chat_is_closed(home: Home) -> None:
    home.told = [[HALF]]
    async with chat_of(home) as chat:
        await go(chat, "f5")
        (job,) = home.running
        assert job.stopped == 0
    assert job.stopped == 1


# Articles that changed on disk


async def test_when_articles_changed_a_quiet_line_offers_to_rebuild(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[object] = []
    found = SAME

    def look(store: object, max_bytes: int) -> Changes:
        looked.append(store)
        return found

    monkeypatch.setattr("tui.library.contents.changes", look)
    async with chat_of(home) as chat:
        await chat.settle()
        assert notice(chat) == ""
        found = replace(SAME, new=frozenset("ab"), deleted=frozenset("c"))
        chat.app.post_message(events.AppFocus())
        await chat.until(lambda: notice(chat) != "")
        assert notice(chat) == (
            "The articles changed (2 new, 1 deleted); F5 brings the index up to date."
        )
        await go(chat, "f5")
        chat.app.post_message(events.AppFocus())
        await chat.settle()
        assert len(looked) == 2
        found = SAME
        await tell(chat, summary(added=2, removed=1))
        assert notice(chat) == ""
        assert len(looked) == 3


# What is kept


async def test_a_theme_is_there_again(home: Home) -> None:
    async with chat_of(home) as chat:
        assert chat.app.theme == DARK.name
        chat.app.theme = LIGHT.name
        await chat.settle()
    async with chat_of(home) as chat:
        assert chat.app.theme == LIGHT.name


@pytest.mark.parametrize("kept", ['{"theme": "none such\\u001b"}', "\x00 no settings", "{}"])
async def test_a_theme_that_is_not_known_is_the_first(home: Home, kept: str) -> None:
    file = home.path / "config" / "chat.json"
    file.parent.mkdir()
    file.write_text(kept)
    async with chat_of(home) as chat:
        assert chat.app.theme == DARK.name


async def test_settings_that_cannot_be_kept_say_so(home: Home) -> None:
    (home.path / "config").write_text("in the way")
    async with chat_of(home) as chat:
        chat.app.theme = LIGHT.name
        await chat.settle()
        assert told(chat)[0].startswith("The settings are not kept: ")


# Help and the command palette


def described(*of: type[DOMNode]) -> set[str]:
    made = (binding for one in of for binding in one.BINDINGS)
    return {one.description for one in made if isinstance(one, Binding)}


@pytest.mark.parametrize("focus", [[], ["tab"]], ids=["input", "answers"])
async def test_the_command_palette_does_everything_that_keys_do(
    home: Home, focus: Sequence[str]
) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await chat.pilot.press(*focus)
        titles = [one.title for one in chat.app.get_system_commands(chat.app.screen)]
        assert described(ChatApp, ChatScreen) <= set(titles)
        assert len(titles) == len(set(titles))
        await chat.pilot.press("ctrl+p")
        await chat.until(lambda: isinstance(chat.app.screen, CommandPalette))
        await chat.pilot.press(*"copy place")
        await chat.until(lambda: chat.app.screen.query_one(OptionList).option_count > 0)
        await go(chat, "enter")
        await chat.until(lambda: chat.app.clipboard == "news/mill.txt:2")


async def test_help_tells_what_the_keys_do_on_each_screen(home: Home) -> None:
    async with chat_of(home, size=(120, 70)) as chat:
        for keys, words in (
            (["f1"], ["Type a question", "Bring the index up to date", "shift"]),
            (["tab", "question_mark"], ["Type a question", "Mark this answer as right", "Copy p"]),
            (["ctrl+l", "f1"], ["questions look into", "Limit the chat to", "Index another"]),
            (["ctrl+t", "f1"], ["the last used first", "Bring back what was deleted", "Search"]),
            (["ctrl+t", "n", "f1"], ["Type a name"]),
        ):
            await chat.ask("Who?")
            for key in keys:
                await go(chat, key)
            assert isinstance(chat.app.screen, HelpScreen), keys
            seen = chat.seen
            assert [word for word in words if word not in seen] == []
            assert "Cursor" not in seen
            for _ in keys:
                await go(chat, "escape")
            assert isinstance(chat.app.screen, ChatScreen)


async def test_help_on_the_welcome(home: Home) -> None:
    home.states = [NothingIndexed()]
    async with chat_of(home) as chat:
        await chat.settle()
        await go(chat, "question_mark")
        assert "answers from articles" in chat.seen
        assert isinstance(await go(chat, "f1"), WelcomeScreen)


# Conversations


def listed(screen: Screen[Any]) -> list[str]:
    options = screen.query_one(OptionList)
    prompts = [str(options.get_option_at_index(at).prompt) for at in range(options.option_count)]
    return [prompt.split("\n")[0] for prompt in prompts]


async def test_earlier_conversations_are_opened_searched_named_and_deleted(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who bought the mill?")
        first = chat.screen.session.id
        await go(chat, "ctrl+n")
        assert chat.transcript.entries == []
        assert "Mill sold" not in chat.seen
        await chat.ask("When was it [bold]sold?")
        second = chat.screen.session.id
        screen = await go(chat, "ctrl+t")
        assert isinstance(screen, SessionsScreen)
        assert listed(screen) == ["When was it [bold]sold?", "Who bought the mill?"]
        await go(chat, "slash", *"bought")
        assert listed(screen) == ["Who bought the mill?"]
        await go(chat, "escape")
        assert len(listed(screen)) == 2
        await go(chat, "d")
        assert told(chat) == ["This conversation is open; begin another one first (ctrl+n)."]
        assert isinstance(await go(chat, "down", "n"), NameScreen)
        await go(chat, *"Mill", "enter")
        assert listed(screen)[1] == "Mill"
        await go(chat, "down", "d")
        assert listed(screen) == ["When was it [bold]sold?"]
        assert [one.id for one in home.sessions.list()] == [second]
        await go(chat, "u", "u")
        assert len(listed(screen)) == 2
        await go(chat, "down", "enter")
        assert chat.screen.session.id == first
        assert chat.lines[0] == "› Who bought the mill?"
        await chat.ask("And then?")
        assert len(home.sessions.load(first).turns) == 2


async def test_a_conversation_that_is_gone_meanwhile_is_told(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await go(chat, "ctrl+n")
        screen = await go(chat, "ctrl+t")
        home.sessions.delete(home.sessions.list()[0].id)
        await go(chat, "enter")
        assert isinstance(chat.app.screen, ChatScreen)
        assert len(told(chat)) == 1
        assert screen is not chat.app.screen


# What is done with an answer


@pytest.mark.parametrize(("key", "word"), [("r", "right"), ("w", "wrong")])
async def test_a_mark_is_a_line_of_a_question_set_and_says_where(
    home: Home, key: str, word: str
) -> None:
    async with chat_of(home, size=(200, 40)) as chat:
        await chat.ask("Who bought the mill?")
        await go(chat, "tab", key)
        file = home.path / "data" / "byline" / "marks.jsonl"
        (line,) = file.read_text().splitlines()
        assert json.loads(line)["tags"] == [f"marked-{word}"]
        assert f"marked {word}, in " in " ".join(chat.lines)
        assert "marks.jsonl" in "".join(chat.lines)


async def test_a_mark_that_cannot_be_kept_is_told(home: Home) -> None:
    (home.path / "data").write_text("in the way")
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await go(chat, "tab", "r")
        assert len(told(chat)) == 1
        assert "marked" not in " ".join(chat.lines)


async def test_an_exported_conversation_passes_verify(home: Home) -> None:
    async with chat_of(home) as chat:
        await go(chat, "tab", "x")
        assert told(chat) == ["There is nothing to export yet."]
        await go(chat, "escape")
        await chat.ask("Who bought the mill?")
        await chat.ask("Who sold it?")
        await go(chat, "tab", "x")
        (file,) = home.path.glob("byline-*.md")
        assert f"Written to {file}." in told(chat)[1]
        records = read_records(file.read_bytes())
        assert len(records) == 2
        assert {now.status for _, now in verify(records)} == {Status.UNCHANGED}


async def test_a_quote_and_its_place_are_copied_as_safe_text(home: Home) -> None:
    sentence = SENTENCE.replace("for two crowns", "for \x1b]52;c;aGk=\x07 two\x9b crowns")
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        (turn,) = chat.screen.session.turns
        assert isinstance(turn.reply, Answered)
        (one,) = turn.reply.answers
        (cited,) = one.citations
        nasty = replace(cited, sentence=replace(cited.sentence, text=sentence), path="a\x1b.txt")
        reply = replace(turn.reply, answers=(replace(one, citations=(nasty,)),))
        chat.screen.show_session(replace(chat.screen.session, turns=(replace(turn, reply=reply),)))
        await go(chat, "tab", "c")
        assert chat.app.clipboard == (
            "“On Monday the mill was sold to Jan Novak for ␛]52;c;aGk=␇ two⟨009B⟩ crowns.” "
            "(a␛.txt:2:32, Mill sold, 3 May 2011)"
        )
        await go(chat, "p")
        assert chat.app.clipboard == "a␛.txt:2"
        assert told(chat) == ["Copied the quote with its citation.", "Copied path and line."]


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[EditorCommand]:
    """The editors that were run."""
    ran: list[EditorCommand] = []
    monkeypatch.setattr("tui.chat.actions.run_editor", ran.append)
    monkeypatch.setenv("PATH", "/nowhere")
    return ran


def install(home: Home, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = home.path / name
    program.touch(mode=0o755)
    monkeypatch.setenv("VISUAL", str(program))


@pytest.mark.parametrize("keys", [["ctrl+o"], ["tab", "o"], ["tab", "enter", "e"]])
async def test_an_editor_with_a_window_opens_at_the_line(
    home: Home, opened: list[EditorCommand], monkeypatch: pytest.MonkeyPatch, keys: Sequence[str]
) -> None:
    install(home, "code", monkeypatch)
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await chat.until(lambda: chat.source.view.display)
        for key in keys:
            await go(chat, key)
        (command,) = opened
        assert command.argv[-1].startswith(f"{home.article}:2:")
        assert not command.in_terminal
        assert told(chat) == []


async def test_an_editor_in_the_terminal_cannot_be_opened_where_there_is_none(
    home: Home, opened: list[EditorCommand], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(home, "nano", monkeypatch)
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await go(chat, "tab", "o")
        assert opened == []
        assert told(chat) == ["An editor in the terminal cannot be opened from here."]


async def test_an_editor_in_the_terminal_gets_it_and_gives_it_back(
    home: Home, opened: list[EditorCommand], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(home, "nano", monkeypatch)
    calls: list[str] = []
    monkeypatch.setattr("textual.drivers.headless_driver.HeadlessDriver.can_suspend", True)
    for name in ("suspend_application_mode", "resume_application_mode"):
        monkeypatch.setattr(
            f"textual.drivers.headless_driver.HeadlessDriver.{name}",
            lambda _, name=name: calls.append(name),
        )
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await go(chat, "tab", "o")
        (command,) = opened
        assert command.in_terminal
        assert command.argv[-1] == str(home.article)
        assert calls == ["suspend_application_mode", "resume_application_mode"]
        await chat.ask("Who else?")
        assert len(home.desk.asked) == 2


async def test_an_editor_of_no_known_kind_is_told_the_line_by_the_person(
    home: Home, opened: list[EditorCommand], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(home, "teco", monkeypatch)
    monkeypatch.setattr(
        "tui.chat.actions.editor_command",
        lambda _, file, *__: EditorCommand((file,), in_terminal=False, at_line=False),
    )
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await go(chat, "ctrl+o")
        assert told(chat) == [f"{home.article} is open; the line is 2."]


async def test_an_editor_that_cannot_be_opened_is_told(
    home: Home, opened: list[EditorCommand], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: EditorCommand) -> None:
        raise NoEditor("code cannot be started: \x1b no")

    async with chat_of(home) as chat:
        await chat.ask("Who?")
        monkeypatch.setenv("VISUAL", "none-such")
        await go(chat, "ctrl+o")
        install(home, "code", monkeypatch)
        monkeypatch.setattr("tui.chat.actions.run_editor", fail)
        await go(chat, "ctrl+o")
        assert told(chat) == [
            "none-such is not installed; set $VISUAL or $EDITOR",
            "code cannot be started: ␛ no",
        ]


async def test_what_is_typed_right_after_the_key_that_leads_to_an_input_goes_there(
    home: Home,
) -> None:
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
