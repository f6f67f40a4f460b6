"""What the chat asks of the rest of Byline, in a thread of its own: it draws meanwhile."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from qa.answers import Reply
from tui.jobs.subprocess_job import Job, PrepareJob

if TYPE_CHECKING:
    from index.storage.store import Store
    from qa.bot import Bot
    from qa.rewriting.resolve import Exchange

Given = TypeVar("Given")


@dataclass(frozen=True, slots=True)
class Ready:
    """Questions can be asked."""

    articles: int
    passages: int


@dataclass(frozen=True, slots=True)
class ToPrepare:
    """Something is to be made ready first, once, which takes seconds."""

    job: Job


@dataclass(frozen=True, slots=True)
class NothingIndexed:
    """There is no index yet."""


State = Ready | ToPrepare | NothingIndexed


class Desk(Protocol):
    """Answers questions over the index that is published at the time."""

    async def open(self) -> State:
        """Load what questions need. Raises BylineError where it is damaged or missing."""

    async def ask(
        self, question: str, within: Sequence[str], history: "Sequence[Exchange]"
    ) -> Reply:
        """Answer a question, as `Bot.ask` does. Raises BylineError."""

    async def close(self) -> None:
        """Let the index go."""


@dataclass
class IndexDesk:
    """A desk over an index on disk; a newer generation is taken as soon as it is published."""

    folder: Path
    cache: Path
    """Of exported models."""
    reader: str
    threshold: Callable[[], float]
    """Gives the confidence under which there is no answer."""
    most: int
    """Answers, at most."""
    _bots: "list[Bot]" = field(default_factory=list)
    """The one that is open, if one is."""
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="byline-desk")
    )

    async def open(self) -> State:
        """Load what questions need."""
        return await self._do(self._open)

    async def ask(
        self, question: str, within: Sequence[str], history: "Sequence[Exchange]"
    ) -> Reply:
        """Answer a question."""

        def answer() -> Reply:
            return self._current().ask(question, self.most, within, history)

        return await self._do(answer)

    async def close(self) -> None:
        """Let the index go."""
        await self._do(self._let_go)
        self._thread.shutdown(wait=False)

    async def _do(self, what: Callable[[], Given]) -> Given:
        return await asyncio.get_running_loop().run_in_executor(self._thread, what)

    def _open(self) -> State:
        store = self._store()
        self._let_go()
        for job in _to_prepare(store, self.reader, self.cache):
            return ToPrepare(job)
        if not store.exists():
            return NothingIndexed()
        manifest = self._current().index.generation.manifest
        return Ready(manifest.articles, manifest.passages)

    def _current(self) -> "Bot":
        """Give a bot over the generation that is current now."""
        from qa.bot import Bot

        store = self._store()
        if self._bots and self._bots[0].index.name != store.current():
            self._let_go()
        if not self._bots:
            bot = Bot.open(store, self.cache, self.reader, self.threshold(), lambda _: None)
            self._bots.append(bot)
        return self._bots[0]

    def _let_go(self) -> None:
        while self._bots:
            self._bots.pop().close()

    def _store(self) -> "Store":
        from index.storage.store import Store

        return Store(self.folder)


def _to_prepare(store: "Store", reader: str, cache: Path) -> Iterator[Job]:
    """Yield what has to be done before questions can be asked."""
    from index.models.onnx_export import is_exported
    from qa.reader.export import is_prepared
    from qa.reader.sources import find_reader
    from tui.jobs.bundled import bundled_job, is_outdated_bundled

    source = find_reader(reader)
    if is_outdated_bundled(store):
        yield bundled_job(reader)
    manifest = store.manifest()
    if manifest is not None:
        model = manifest.model
        if not (is_exported(model.fingerprint, cache) and is_prepared(source, cache)):
            yield PrepareJob(model.name, reader)
