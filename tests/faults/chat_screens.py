"""The real chat with hostile texts in every part of it, and what is drawn there."""

import os
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from textual.widgets import Input

from index.articles.files import Root
from index.articles.places import Place
from index.build.pipeline import BuildRequest, build
from index.storage.store import Store
from qa.answers import Answered, Reason
from tests.fakes import FakeEncoder, fake_model
from tests.faults.payloads import in_file, in_name
from tests.tui.chat.chats import Chat, Home, chat_of
from tests.tui.chat.replies import answer, answered, citation, unanswered
from tests.tui.replies import SPENT
from tui.chat.actions import notify, notify_error, open_in_editor
from tui.chat.screens.folder_screen import FolderScreen
from tui.chat.screens.sessions_screen import NameScreen
from tui.chat.transcript.entries import Failed, Waiting
from tui.chat.widgets.progress_bar import ProgressBar
from tui.jobs.events import Failed as JobFailed
from tui.jobs.events import Waiting as JobWaiting
from tui.sessions.session import Turn

SIZE = (150, 120)
_JOINED = 10
"""Texts that are joined, where a part of the chat shows only one."""


@dataclass(frozen=True)
class Drawn:
    """What was drawn on the screen."""

    place: str
    written: str
    """As it is sent to a terminal."""
    metas: list[dict[str, object]]
    """The metadata in the styles of its cells."""


def drawn(chat: Chat, place: str) -> Drawn:
    strips = chat.app.screen._compositor.render_strips()
    metas = [
        cell.style.meta for strip in strips for cell in strip if cell.style and cell.style.meta
    ]
    return Drawn(place, "\n".join(strip.render(chat.app.console) for strip in strips), metas)


def turns(texts: Sequence[str], file: Path) -> tuple[Turn, ...]:
    """Return, for each text, a turn that has it as question, answer, sentence, title and path."""
    result = []
    for number, text in enumerate(texts):
        said = in_file(text) or "x"
        cited = citation(said, f"So {said} it is.", path=f"news/{in_name(text)}", title=said)
        reply_answer = answer(replace(cited, file=str(file)))
        turn = answered(reply_answer, question=text, asked=f"asked {text}")
        if number % 4 == 3:
            turn = unanswered(reply_answer, question=text, reason=Reason.UNSURE)
        result.append(turn)
    return tuple(result)


def write_hostile(home: Home, texts: Sequence[str]) -> Path:
    """Write an article of hostile lines, and index hostile articles in a hostile folder."""
    lines = "".join(f"{in_file(text)}\n\n" for text in texts)
    home.article.write_text(f"Mill sold\n\n{lines}", encoding="utf-8")
    # The name of a remembered folder must be UTF-8: resolve_roots checks it.
    folder = home.path / in_name(texts[0]).encode(errors="ignore").decode()
    folder.mkdir()
    for number, text in enumerate(texts):
        article = f"# {in_file(text)}\n\nThe {number}. {in_file(text)} is closed.\n"
        (folder / f"{in_name(text)}.txt").write_text(article, encoding="utf-8")
        (folder / f"{in_name(text)}.zip").touch()
        (folder / f"{in_name(text)}.d").mkdir()
    request = BuildRequest(fake_model(), (Root(str(folder), str(folder)),))
    list(build(Store(home.path / "own"), request, FakeEncoder()))
    return folder


async def drawn_by_chat(home: Home, texts: Sequence[str]) -> AsyncIterator[Drawn]:
    """Go through the chat, and yield what is drawn in each part of it."""
    folder = write_hostile(home, texts)
    for text in texts:
        session = home.sessions.new()
        home.sessions.append(session.id, turns([text], home.article)[0])
        home.sessions.rename(session.id, text)
    async with chat_of(home, size=SIZE) as chat:
        for part in (_conversation(chat, texts), _messages(chat, texts)):
            async for shown in part:
                yield shown
        async for shown in _screens(chat, texts, folder):
            yield shown
        assert chat.app.is_running


async def _conversation(chat: Chat, texts: Sequence[str]) -> AsyncIterator[Drawn]:
    spoken = turns(texts, chat.home.article)
    for start in range(0, len(spoken), _JOINED):
        part = spoken[start : start + _JOINED]
        chat.screen.show_session(replace(chat.screen.session, turns=part))
        chat.transcript.note(0, f"marked {texts[0]}")
        await chat.settle()
        yield drawn(chat, "transcript and article")
    chat.screen.show_session(replace(chat.screen.session, turns=()))
    for text in texts:
        chat.transcript.add(Waiting(text, "looking"))
        chat.transcript.add(Failed(text, f"cannot {text}"))
    several = answer(
        *(
            reply_answer.citations[0]
            for turn in spoken
            if isinstance(turn.reply, Answered)
            for reply_answer in turn.reply.answers
        )
    )
    chat.transcript.add(
        Turn("all", Answered("all", "all", (several, several), SPENT), spoken[0].at)
    )
    await chat.settle()
    yield drawn(chat, "what waits and what failed")
    for text in _join(texts):
        chat.prompt.put(text)
        chat.screen.show_article(str(chat.home.article), in_name(text), in_file(text))
        await chat.settle()
        yield drawn(chat, "input and article")
    await chat.pilot.press("slash")
    for text in _join(texts):
        chat.source.query_one(Input).value = text
        await chat.settle()
        yield drawn(chat, "find")
    await chat.pilot.press("escape")


def _join(texts: Sequence[str]) -> list[str]:
    return [" ".join(texts[at : at + _JOINED]) for at in range(0, len(texts), _JOINED)]


async def _messages(chat: Chat, texts: Sequence[str]) -> AsyncIterator[Drawn]:
    bar = chat.screen.query_one(ProgressBar)
    before = os.environ.get("VISUAL", "")
    for number, text in enumerate(_join(texts)):
        chat.screen.search_within((in_name(text), text))
        chat.screen.notice(text)
        bar.update_job((JobFailed(text, text), JobWaiting(text))[number % 2])
        chat.app.clear_notifications()
        notify(chat.app, text)
        notify_error(chat.app, text)
        os.environ["VISUAL"] = in_file(text) or "x"
        open_in_editor(chat.app, str(chat.home.article), Place(1, 1))
        await chat.settle()
        yield drawn(chat, "notice, limits, progress and notifications")
    os.environ["VISUAL"] = before
    chat.app.clear_notifications()


async def _screens(chat: Chat, texts: Sequence[str], folder: Path) -> AsyncIterator[Drawn]:
    for keys, place in (
        (["escape", "ctrl+l"], "library"),
        (["slash"], "filter"),
        (["escape", "s"], "skipped"),
        (["s", "escape", "ctrl+t"], "conversations"),
        (["escape", "f1"], "help"),
    ):
        for key in keys:
            await chat.pilot.press(key)
            await chat.settle()
        if place == "filter":
            chat.app.screen.query_one("#filter", Input).value = texts[0]
            await chat.settle()
        yield drawn(chat, place)
    await chat.pilot.press("escape")
    await chat.settle()
    for screen, place in ((FolderScreen(folder), "folders"), (NameScreen(), "name")):
        await chat.app.push_screen(screen)
        await chat.settle()
        screen.query_one(Input).value = texts[0]
        await chat.settle()
        yield drawn(chat, place)
        await chat.pilot.press("escape")
        await chat.settle()
