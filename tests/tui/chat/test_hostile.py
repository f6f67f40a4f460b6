"""No text of an article, its title or its name controls the terminal or the chat."""

import base64
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.tui.chat.chats import Chat, Home, chat_of
from tests.tui.chat.replies import answer, answered, citation
from tests.tui.chat.terminals import ENTER, ESCAPE, F1, TAB, Terminal, control, running
from tests.tui.cli.test_hostile import BROKEN_NAME, HIDDEN
from tests.tui.fakes import Shell
from tui.chat.app import ChatApp

pytestmark = pytest.mark.slow

CODE = "1337"
"""In every escape code of the articles, in none of Textual's."""
CONTROLS = (
    f"\x1b[{CODE}m\x1b]52;c;MTMzNw==\x07\x1b]8;;x:{CODE}\x1b\\\x1bc"
    f"\x9b{CODE}m\x9d52;c;MTMzNw==\x9c\x90q{CODE}\x9c\x7f\x08\r\u202e\u2066\u200b\ufeff\xad\u2028"
)
ACTIONS = "[@click=app.quit]x[/] [ @click=app.bell]y[/] [/] [bold red on blue]z"
NASTY = f"{CONTROLS}{ACTIONS}"
NAME = (
    f"evil\x1b[{CODE}m\x1b]52;c;MTMzNw==\x07\x9b{CODE}m\x7f\r\u202e\u200b[@click=app.quit]x[bold]"
)
PORT = f"the port {NASTY} is closed."


@pytest.fixture
def hostile_home(shell: Shell) -> Path:
    """A home with a hostile name, in which hostile articles are indexed."""
    home = shell.home / NAME
    news = home / "news"
    news.mkdir(parents=True)
    article = f"# A port {NASTY} of old\n\n{PORT} {NASTY}\n\nIt rained {NASTY} at night.\n"
    (news / f"{NAME}.txt").write_bytes(article.encode())
    (news / BROKEN_NAME).write_bytes(f"the mill {NASTY} is closed. So it is.".encode())
    (news / f"{NAME}.zip").touch()
    for variable in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        shell.patch.setenv(variable, str(home / variable[4:-5].lower()))
    shell.patch.setenv("HOME", str(home))
    shell.patch.chdir(home)
    assert shell.byline("index", "news").code == 0
    return home


def faults(terminal: Terminal) -> Iterator[str]:
    """Yield what may have come from an article unsanitised."""
    for char in sorted(set(terminal.plain()) - {"\r", "\n"}):
        if unicodedata.category(char) in HIDDEN or char == "\ufffd":
            yield f"U+{ord(char):04X}"
    for sequence in terminal.sequences:
        if CODE in sequence or sequence.startswith(("\x1b]8", "\x1b]0")):
            yield repr(sequence)
        elif sequence.startswith("\x1b]52"):
            copied = base64.b64decode(sequence.split(";")[2].rstrip("\x07\x1b\\")).decode()
            if {unicodedata.category(char) for char in copied} & HIDDEN or copied == CODE:
                yield f"copied {copied!r}"


def ask(terminal: Terminal, question: str, expected: str) -> None:
    terminal.until("Ask the articles")
    terminal.press(question)
    terminal.until(question[-1])
    terminal.press(ENTER)
    terminal.until(expected)


def test_no_article_controls_the_terminal_wherever_it_is_shown(hostile_home: Path) -> None:
    with running(hostile_home, size=(200, 50)) as terminal:
        ask(terminal, "the port is closed.", "% sure")
        for keys, expected in (
            (TAB, "Copy"),
            ("r", "marked right"),
            ("c", "Copied"),
            ("x", "Exported to"),
            (ENTER, "Full screen"),
            ("/", "Close"),
            ("closed", " of "),
            (ESCAPE, "Full screen"),
            ("f", "┃"),
            (ESCAPE, "› the port is"),
            (ESCAPE, "Answers"),
        ):
            terminal.press(keys)
            terminal.until(expected)
        ask(terminal, "Do zebras sleep?", "No confident answer")
        for keys, expected in (
            (control("l"), "2 of 2"),
            ("/", "Filter  f1"),
            ("evil", "1 of 2"),
            (ENTER, "Mark"),
            ("s", "not a format"),
            ("s", "1 of 2"),
            (" ", "1 marked"),
            ("l", "✕"),
            (control("l"), "1 marked"),
            (ENTER, "Full screen"),
            (ESCAPE, "Answers"),
            (control("t"), "Conversations"),
            ("/", "Search  f1"),
            ("port", "port"),
            (ESCAPE, "Rename"),
            (F1, "latest first"),
            (ESCAPE, "Conversations"),
            (ESCAPE, "Answers"),
            (F1, "letter for letter"),
            (ESCAPE, "Answers"),
        ):
            terminal.press(keys)
            terminal.until(expected)
        (hostile_home / "data" / "byline" / "index" / "CURRENT").write_bytes(NAME.encode())
        ask(terminal, "who?", "cannot be read")
        assert terminal.process.poll() is None
        assert terminal.close() == 0
        assert list(faults(terminal)) == []


def test_unsanitised_text_is_detected(hostile_home: Path) -> None:
    with running(hostile_home, size=(200, 50), more={"PLANTED": "1"}) as terminal:
        ask(terminal, "the port is closed.", "% sure")
        terminal.close()
        assert list(faults(terminal))


async def test_clicks_on_the_words_of_an_article_run_no_action(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    for action in ("action_quit", "action_bell", "bell", "copy_to_clipboard"):
        monkeypatch.setattr(ChatApp, action, lambda *_, action=action: ran.append(action))
    home.article.write_text(f"Mill sold\n\n{PORT}\n")
    cited = citation(ACTIONS, PORT, path=f"news/{NAME}", line=3, title=f"Title {NASTY}")
    async with chat_of(home, size=(120, 30)) as chat:
        turn = answered(answer(replace(cited, file=str(home.article))), question=f"Who {ACTIONS}?")
        chat.screen.show_session(replace(chat.screen.session, turns=(turn,)))
        chat.screen.search_within((f"news/{ACTIONS}",))
        chat.screen.notice(f"Notice {ACTIONS}")
        home.sessions.append(chat.screen.session.id, turn)
        await chat.until(lambda: chat.source.view.display)
        clicked = 0
        for keys in ([], ["ctrl+t"]):
            await chat.pilot.press(*keys)
            await chat.settle()
            for offset in words_at(chat, "]x[", "]y["):
                await chat.pilot.click(offset=offset)
                clicked += 1
        assert clicked >= 10
        assert ran == []
        assert chat.app.is_running


def words_at(chat: Chat, *words: str) -> list[tuple[int, int]]:
    """Return the offsets on the screen of the letters in these brackets."""
    lines = [strip.text for strip in chat.app.screen._compositor.render_strips()]
    return [
        (cell_len(line[: match.start()]) + 1, y)
        for y, line in enumerate(lines)
        for word in words
        for match in re.finditer(re.escape(word), line)
    ]
