"""The bot in its own thread, so that the chat keeps drawing while questions are answered."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from qa.answers import Reply
from tui.jobs.current_index import CurrentIndex
from tui.jobs.subprocess_job import Job, PrepareJob
from tui.jobs.tried_questions import TriedQuestions
from tui.paths import tried_questions

if TYPE_CHECKING:
    from index.storage.scope import Scope
    from index.storage.store import Store
    from qa.conversation import Exchange
    from qa.find import Mentions
    from qa.suggestions import Suggestion

Result = TypeVar("Result")
MOST_QUESTIONS = 4
"""Questions that are suggested."""
_MOST_TRIED = 24
"""Questions that are tried for them."""


@dataclass(frozen=True, slots=True)
class About:
    """What is indexed."""

    articles: int
    dates: tuple[date, date] | None
    """The first and the last date of an article; None if none has a date."""
    updated: datetime
    """When the index was built, local time."""
    questions: tuple[str, ...] = ()
    """Questions that its articles answer, as far as they were tried."""


@dataclass(frozen=True, slots=True)
class Ready:
    """Questions can be asked."""

    articles: int
    passages: int


@dataclass(frozen=True, slots=True)
class ToPrepare:
    """A job has to run first; it takes seconds, once."""

    job: Job


@dataclass(frozen=True, slots=True)
class NothingIndexed:
    """There is no index yet."""


State = Ready | ToPrepare | NothingIndexed


class AsyncBot(Protocol):
    """Answers questions over the current generation of an index."""

    async def about(self) -> About | None:
        """Return what is indexed, None if nothing is; loads no model. Raises BylineError."""

    async def open(self) -> State:
        """Load what questions need. Raises BylineError if it is damaged or missing."""

    def try_questions(self) -> AsyncIterator[tuple[str, ...]]:
        """Try questions about the articles; after each, yield those that they answer.

        They are kept, and none is tried again while the index is the same. Raises BylineError.
        """

    async def ask(
        self,
        question: str,
        scope: "Scope",
        history: "Sequence[Exchange]",
        on_first: Callable[[Reply], None],
        is_wanted: Callable[[], bool],
    ) -> Reply:
        """Answer a question, as `Bot.ask` does. Raises BylineError."""

    async def matches(self, question: str, scope: "Scope") -> "Mentions":
        """Return what matches a question by keywords, even while models load.

        Raises BylineError.
        """

    async def find(self, words: str, exact: bool, scope: "Scope") -> "Mentions":
        """Return every article that holds the words, as `qa.find` does. Raises BylineError."""

    async def check(self, scope: "Scope") -> None:
        """Raise BylineError if no article is in a scope, with the filter that excludes them."""

    async def close(self) -> None:
        """Close the index."""


class IndexBot:
    """A bot over an index on disk, reopened whenever a newer generation is published."""

    def __init__(
        self,
        folder: Path,
        model_cache: Path,
        reader: str,
        threshold: float | None,
        top_k: int,
        budget: float | None = None,
    ) -> None:
        """`threshold` and `budget` are those of `Bot.open`."""
        self.folder = folder
        self._index = CurrentIndex(self._store, model_cache, reader, threshold, budget)
        self._top_k = top_k
        """Limit on the number of answers."""
        name = sha256(str(folder).encode("utf-8", "surrogateescape")).hexdigest()[:16]
        self._tried = TriedQuestions(tried_questions() / f"{name}.json")
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="byline-bot")

    async def about(self) -> About | None:
        """Return what is indexed, None if nothing is; loads no model. Raises BylineError."""
        return await self._run(self._about)

    async def open(self) -> State:
        """Load what questions need. Raises BylineError if it is damaged or missing."""
        return await self._run(self._open)

    async def try_questions(self) -> AsyncIterator[tuple[str, ...]]:
        """Try questions about the articles; after each, yield those that they answer.

        They are kept, and none is tried again while the index is the same. Raises BylineError.
        """
        from qa.suggestions import taken

        state, candidates = await self._run(self._to_try)
        found: list[Suggestion] = []
        for suggestion in candidates:
            if taken(suggestion, found) and await self._run(partial(self._answers, suggestion)):
                found.append(suggestion)
                yield tuple(one.question for one in found)
            if len(found) == MOST_QUESTIONS:
                break
        if candidates:
            self._tried.write(state, tuple(one.question for one in found))

    async def ask(
        self,
        question: str,
        scope: "Scope",
        history: "Sequence[Exchange]",
        on_first: Callable[[Reply], None],
        is_wanted: Callable[[], bool],
    ) -> Reply:
        """Answer a question, as `Bot.ask` does. Raises BylineError."""
        loop = asyncio.get_running_loop()

        def show_first(reply: Reply) -> None:
            loop.call_soon_threadsafe(on_first, reply)

        return await self._run(
            lambda: self._index.bot().ask(
                question, self._top_k, scope, history, show_first, is_wanted
            )
        )

    async def matches(self, question: str, scope: "Scope") -> "Mentions":
        """Return what matches a question by keywords, even while models load.

        Raises BylineError.
        """
        return await asyncio.to_thread(self._matches, question, scope)

    async def find(self, words: str, exact: bool, scope: "Scope") -> "Mentions":
        """Return every article that holds the words, as `qa.find` does. Raises BylineError."""
        return await self._run(lambda: self._find(words, exact, scope))

    async def check(self, scope: "Scope") -> None:
        """Raise BylineError if no article is in a scope, with the filter that excludes them."""
        await self._run(lambda: self._check(scope))

    async def close(self) -> None:
        """Close the index and end the thread."""
        await self._run(self._index.close)
        self._thread.shutdown(wait=False)

    async def _run(self, function: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function)

    def _open(self) -> State:
        store = self._store()
        self._index.close()
        job = _job_to_run_first(store, self._index.reader, self._index.model_cache)
        if job is not None:
            return ToPrepare(job)
        if not store.exists():
            return NothingIndexed()
        manifest = self._index.bot().index.generation.manifest
        return Ready(manifest.articles, manifest.passages)

    def _about(self) -> About | None:
        if not self._store().exists():
            return None
        generation = self._index.generation()
        manifest = generation.manifest
        return About(
            manifest.articles,
            generation.catalog.dates(),
            datetime.fromisoformat(manifest.created).astimezone(),
            self._tried.read(self._state()) or (),
        )

    def _state(self) -> tuple[str, ...]:
        """Return what decides which questions are answered: the generation and the readers."""
        from qa.reader.export import readers_named

        readers = readers_named(self._index.reader, self._index.model_cache)
        return (self._index.generation().folder.name, *readers)

    def _to_try(self) -> "tuple[tuple[str, ...], list[Suggestion]]":
        """Return the state of the index, and questions to try on it unless that was done."""
        from qa.suggestions import suggestions

        state = self._state()
        if self._tried.read(state) is not None:
            return state, []
        return state, suggestions(self._index.generation().catalog)[:_MOST_TRIED]

    def _answers(self, suggestion: "Suggestion") -> bool:
        from qa.suggestions import is_answered

        return is_answered(suggestion, self._index.bot().ask(suggestion.question, self._top_k))

    def _matches(self, question: str, scope: "Scope") -> "Mentions":
        from qa.find import best_matches

        # An index of its own: that of the bot is in use while models load.
        with closing(self._store().open()) as index:
            return best_matches(index.generation, question, scope)

    def _find(self, words: str, exact: bool, scope: "Scope") -> "Mentions":
        from qa.find import mentions, wanted

        return mentions(self._index.generation(), wanted(words, exact), scope)

    def _check(self, scope: "Scope") -> None:
        from qa.scope import selected

        if self._store().exists():
            selected(self._index.generation().catalog, scope)

    def _store(self) -> "Store":
        from index.shards.which import store_in

        return store_in(self.folder)


def _job_to_run_first(store: "Store", reader: str, model_cache: Path) -> Job | None:
    """Return the job that has to run before questions can be asked; None if there is none."""
    from index.models.onnx_export import is_exported
    from qa.reader.export import is_prepared, readers_named
    from qa.reader.sources import find_reader
    from tui.jobs.bundled import bundled_job, is_outdated_bundled

    sources = [find_reader(name) for name in readers_named(reader, model_cache)]
    if is_outdated_bundled(store):
        return bundled_job(reader)
    manifest = store.manifest()
    if manifest is None:
        return None
    model = manifest.model
    are_prepared = all(is_prepared(source, model_cache) for source in sources)
    if are_prepared and is_exported(model.fingerprint, model_cache):
        return None
    return PrepareJob(model.name, reader)
