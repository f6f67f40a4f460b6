"""The real app over a fake bot and fake builds."""

import asyncio
import html
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from index.articles.files import MAX_BYTES
from index.articles.spans import Span
from index.errors import BadRequest
from index.storage.scope import Scope
from qa.answers import Answered, Citation, Quote, Reply, Status
from qa.conversation import Exchange
from qa.find import FoundArticle, Mentions, Place
from tests.tui.chat.replies import SENTENCE, answer, citation
from tests.tui.replies import SPENT
from tui.chat.app import ChatApp
from tui.chat.screens.chat_screen import ChatScreen
from tui.chat.setup import Setup
from tui.chat.source.pane import SourcePane
from tui.chat.transcript.transcript import Transcript
from tui.chat.widgets.prompt import Prompt
from tui.jobs.async_bot import About, Ready, State
from tui.jobs.events import Event
from tui.jobs.subprocess_job import BuildJob, Job, WatchJob
from tui.sessions.folder import Sessions
from tui.sessions.session import Session
from tui.settings import read_chat_settings

SIZE = (120, 24)
_WAITING = frozenset({"_loader", "action_add", "action_folder", "action_forget", "action_name"})
"""Names of workers that end when a dialog is left."""


@dataclass
class FakeBot:
    """Answers every question with the same sentence of an article, and records the questions."""

    folder: Path
    file: Path
    states: list[State] = field(default_factory=list)
    """What it returns when it is opened, one after the other; then it is ready."""
    asked: list[tuple[str, Scope, tuple[Exchange, ...]]] = field(default_factory=list)
    """Each question with its scope and history."""
    found: list[tuple[str, bool, Scope]] = field(default_factory=list)
    """The words of each search for places, whether exact, and its scope."""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    """Questions wait for it."""
    first: Callable[[str], Reply] | None = None
    """Makes the reply of the first reader; None if there is one reader."""
    wanted: list[bool] = field(default_factory=list)
    """Whether the second reading of each question was wanted once the gate was open."""
    indexed: About | None = None
    answerable: tuple[str, ...] = ()
    """Questions that hold when they are tried."""
    opened: int = 0
    closed: int = 0

    async def open(self) -> State:
        self.opened += 1
        return self.states.pop(0) if self.states else Ready(1, 1)

    async def about(self) -> About | None:
        return self.indexed

    async def try_questions(self) -> AsyncIterator[tuple[str, ...]]:
        for count in range(1, len(self.answerable) + 1):
            yield self.answerable[:count]

    async def matches(self, question: str, scope: Scope) -> Mentions:
        return await self.find("mill", False, scope) if "mill" in question else Mentions(())

    async def ask(
        self,
        question: str,
        scope: Scope,
        history: Sequence[Exchange],
        on_first: Callable[[Reply], None],
        is_wanted: Callable[[], bool],
    ) -> Reply:
        if self.first is not None:
            on_first(self.first(question))
        await self.gate.wait()
        self.wanted.append(is_wanted())
        self.asked.append((question, scope, tuple(history)))
        if "wrong" in question:
            raise BadRequest("that cannot be asked")
        searched = question.replace(" it", " the mill") if history else question
        return Answered(question, searched, (answer(cited(self.file)),), SPENT)

    async def find(self, words: str, exact: bool, scope: Scope) -> Mentions:
        self.found.append((words, exact, scope))
        text = self.file.read_text()
        at = text.find(words)
        if at < 0:
            return Mentions(())
        quote = Quote(SENTENCE, 2, 1, 2, len(SENTENCE))
        mark = Span(quote.text.index(words), quote.text.index(words) + len(words))
        place = Place(Status.UNCHANGED, quote, (mark,))
        path = str(self.file)
        day = date(2011, 5, 3)
        return Mentions((FoundArticle("news/mill.txt", path, "Mill sold", day, 1, (place,)),))

    async def check(self, scope: Scope) -> None:
        for path in scope.within:
            if "nowhere" in path:
                raise BadRequest(f"no indexed article is at or under {path}")

    async def close(self) -> None:
        self.closed += 1


def _build(folder: Path, add: tuple[str, ...] = (), forget: tuple[str, ...] = ()) -> BuildJob:
    return BuildJob(str(folder), "fake", "fake", add, forget)


def _watch(folder: Path) -> WatchJob:
    return WatchJob(str(folder), "fake")


def cited(file: Path) -> Citation:
    """Cite the second line of the article."""
    found = citation(line=2, path="news/mill.txt")
    return replace(found, file=str(file), status=Status.UNCHANGED)


@dataclass
class FakeJob:
    """A job that reports the given events."""

    reported: Sequence[Event]
    stopped: int = 0

    def events(self) -> Iterator[Event]:
        yield from self.reported

    def stop(self) -> None:
        self.stopped += 1


@dataclass
class Home:
    """A home folder with one article; what a chat there opened and started."""

    path: Path
    states: list[State] = field(default_factory=list)
    """What the bots return when they are opened."""
    job_events: list[list[Event]] = field(default_factory=list)
    """What each job reports."""
    bots: list[FakeBot] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    running: list[FakeJob] = field(default_factory=list)
    watches: bool = False
    """Whether the chat keeps its index up to date."""
    holds_questions: bool = False
    """Whether questions wait for the gate of the bot."""
    indexed: About | None = None
    answerable: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        (self.path / "news").mkdir(exist_ok=True)
        self.article.write_text(f"Mill sold\n{SENTENCE} It is very old.\nThe end.\n")

    @property
    def article(self) -> Path:
        return self.path / "news" / "mill.txt"

    @property
    def sessions(self) -> Sessions:
        return Sessions(self.path / "sessions")

    @property
    def bot(self) -> FakeBot:
        """The bot in use."""
        return self.bots[-1]

    def app(self, session: Session | None = None) -> ChatApp:
        settings = self.path / "config" / "chat.json"
        return ChatApp(
            Setup(
                index=self.path / "own",
                own_index=self.path / "own",
                bundled_index=self.path / "bundled",
                sessions=self.sessions,
                session=session or self.sessions.new(),
                settings=read_chat_settings(settings),
                settings_file=settings,
                open_bot=self._open,
                max_bytes=MAX_BYTES,
                build=_build,
                start_job=self._start,  # type: ignore[arg-type]
                watch=_watch if self.watches else None,
            )
        )

    def _open(self, folder: Path) -> FakeBot:
        bot = FakeBot(folder, self.article, self.states)
        bot.indexed, bot.answerable = self.indexed, self.answerable
        if not self.holds_questions:
            bot.gate.set()
        self.bots.append(bot)
        return bot

    def _start(self, job: Job) -> FakeJob:
        self.jobs.append(job)
        self.running.append(FakeJob(self.job_events.pop(0) if self.job_events else []))
        return self.running[-1]


@dataclass(frozen=True)
class Chat:
    """A running chat."""

    app: ChatApp
    pilot: Pilot[None]
    home: Home

    @property
    def screen(self) -> ChatScreen:
        return self.app.chat

    @property
    def transcript(self) -> Transcript:
        return self.screen.query_one(Transcript)

    @property
    def prompt(self) -> Prompt:
        return self.screen.query_one(Prompt)

    @property
    def source(self) -> SourcePane:
        return self.screen.query_one(SourcePane)

    @property
    def lines(self) -> list[str]:
        """The visible lines of the transcript."""
        height = self.transcript.size.height
        return [self.transcript.render_line(y).text.rstrip() for y in range(height)]

    @property
    def screen_text(self) -> str:
        """All text on the screen; text of one style is contiguous."""
        return html.unescape(self.app.export_screenshot()).replace("\xa0", " ")

    @property
    def notices(self) -> list[str]:
        """The notices shown so far."""
        return [notification.message for notification in self.app._notifications]

    async def ask(self, question: str) -> None:
        self.prompt.text = question
        self.prompt.focus()
        await self.pilot.press("enter")
        await self.settle()

    async def ask_without_waiting(self, *questions: str) -> None:
        for question in questions:
            self.prompt.text = question
            await self.pilot.press("enter")
        await self.pilot.pause()

    async def settle(self) -> None:
        """Wait until all work is done, but for dialogs that wait for the user."""
        await self.pilot.pause()
        while working := [each for each in self.app.workers if each.name not in _WAITING]:
            for worker in working:
                with suppress(WorkerCancelled):  # another took its place
                    await worker.wait()
            await self.pilot.pause()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition that depends on another thread."""
        for _ in range(500):
            if condition():
                return
            await self.pilot.pause(0.01)
        raise AssertionError("the condition was never met")


@asynccontextmanager
async def chat_of(
    home: Home, session: Session | None = None, size: tuple[int, int] = SIZE
) -> AsyncIterator[Chat]:
    app = home.app(session)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Chat(app, pilot, home)
