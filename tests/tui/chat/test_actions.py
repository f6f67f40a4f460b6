"""What keys do with the selected answer: mark, copy, export, open in an editor."""

import json
from dataclasses import replace

import pytest

from qa.answers import Answered, Status
from tests.tui.chat.chats import Home, chat_of
from tests.tui.chat.replies import SENTENCE
from tui.editors import EditorCommand, NoEditor
from tui.output.quote_records import read_records
from tui.output.verify import verify

pytestmark = pytest.mark.slow


async def test_a_mark_is_a_line_of_a_question_set_and_the_last_one_counts(home: Home) -> None:
    async with chat_of(home, size=(200, 24)) as chat:
        await chat.ask("Who bought the mill?")
        await chat.pilot.press("tab")
        for key, word in (("r", "right"), ("w", "wrong")):
            await chat.pilot.press(key)
            await chat.settle()
            file = home.path / "data" / "byline" / "marks.jsonl"
            (line,) = file.read_text().splitlines()
            assert json.loads(line)["tags"] == [f"marked-{word}"]
            assert f"marked {word}, in " in " ".join(chat.lines)
            assert "marks.jsonl" in "".join(chat.lines)


async def test_a_mark_that_cannot_be_saved_is_reported(home: Home) -> None:
    (home.path / "data").write_text("in the way")
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await chat.pilot.press("tab", "r")
        await chat.settle()
        assert len(chat.notices) == 1
        assert "marked" not in " ".join(chat.lines)


async def test_an_exported_conversation_passes_verify(home: Home) -> None:
    async with chat_of(home) as chat:
        await chat.pilot.press("tab", "x")
        assert "Nothing to export" in chat.notices[0]
        await chat.ask("Who bought the mill?")
        await chat.ask("Who sold it?")
        await chat.pilot.press("tab", "x")
        await chat.settle()
        (file,) = home.path.glob("byline-*.md")
        assert str(file) in chat.notices[1]
        records = read_records(file.read_bytes())
        assert len(records) == 2
        assert {now.status for _, now in verify(records)} == {Status.UNCHANGED}


async def test_a_quote_and_its_location_are_copied_as_safe_text(home: Home) -> None:
    sentence = SENTENCE.replace("for two crowns", "for \x1b]52;c;aGk=\x07 two\x9b crowns")
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        (turn,) = chat.screen.session.turns
        assert isinstance(turn.reply, Answered)
        (answer,) = turn.reply.answers
        (cited,) = answer.citations
        nasty = replace(cited, sentence=replace(cited.sentence, text=sentence), file="/a\x1b.txt")
        reply = replace(turn.reply, answers=(replace(answer, citations=(nasty,)),))
        chat.screen.show_session(replace(chat.screen.session, turns=(replace(turn, reply=reply),)))
        await chat.pilot.press("tab", "c")
        assert chat.app.clipboard == (
            "“On Monday the mill was sold to Jan Novak for ␛]52;c;aGk=␇ two⟨009B⟩ crowns.” "
            "(/a␛.txt:2:32, Mill sold, 3 May 2011)"
        )
        await chat.pilot.press("p")
        assert chat.app.clipboard == "/a␛.txt:2"
        assert len(chat.notices) == 2


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[EditorCommand]:
    """The editors that were run."""
    commands: list[EditorCommand] = []
    monkeypatch.setattr("tui.chat.actions.run_editor", commands.append)
    monkeypatch.setenv("PATH", "/nowhere")
    return commands


def install(home: Home, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    program = home.path / name
    program.touch(mode=0o755)
    monkeypatch.setenv("VISUAL", str(program))


async def test_an_editor_with_its_own_window_opens_at_the_line(
    home: Home, opened: list[EditorCommand], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(home, "code", monkeypatch)
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await chat.until(lambda: chat.source.view.display)
        for keys in (["ctrl+o"], ["tab", "o"], ["enter", "e"]):
            opened.clear()
            await chat.pilot.press(*keys)
            await chat.settle()
            (command,) = opened
            assert command.argv[-1].startswith(f"{home.article}:2:")
            assert not command.in_terminal
        assert chat.notices == []


async def test_a_terminal_editor_cannot_be_opened_without_a_terminal(
    home: Home, opened: list[EditorCommand], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(home, "nano", monkeypatch)
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await chat.pilot.press("tab", "o")
        assert opened == []
        (notice,) = chat.notices
        assert "terminal editor" in notice


async def test_a_terminal_editor_suspends_the_chat(
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
        await chat.pilot.press("tab", "o")
        await chat.settle()
        (command,) = opened
        assert command.in_terminal
        assert command.argv[-1] == str(home.article)
        assert calls == ["suspend_application_mode", "resume_application_mode"]
        await chat.ask("Who else?")
        assert len(home.bot.asked) == 2


async def test_a_notice_names_the_line_if_the_editor_cannot_go_there(
    home: Home, opened: list[EditorCommand], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(home, "teco", monkeypatch)
    monkeypatch.setattr(
        "tui.viewers.editor_command",
        lambda _, file, *__: EditorCommand((file,), in_terminal=False, at_line=False),
    )
    async with chat_of(home) as chat:
        await chat.ask("Who?")
        await chat.pilot.press("ctrl+o")
        (notice,) = chat.notices
        assert str(home.article) in notice
        assert "line 2" in notice


async def test_an_editor_that_cannot_be_started_is_reported(
    home: Home, opened: list[EditorCommand], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: EditorCommand) -> None:
        raise NoEditor("code cannot be started: \x1b no")

    async with chat_of(home) as chat:
        await chat.ask("Who?")
        monkeypatch.setenv("VISUAL", "none-such")
        await chat.pilot.press("ctrl+o")
        install(home, "code", monkeypatch)
        monkeypatch.setattr("tui.chat.actions.run_editor", fail)
        await chat.pilot.press("ctrl+o")
        missing, failed = chat.notices
        assert "none-such" in missing
        assert failed == "code cannot be started: ␛ no"
