"""Byline from Python: ask a folder of articles; each answer is quoted with its file and line.

    import byline

    with byline.open("~/news") as articles:
        reply = articles.ask("Who is Russia's NATO envoy?")
        if isinstance(reply, byline.Answered):
            best = reply.answers[0]
            print(best.text, best.citations[0].path, best.citations[0].answer.line)

The names in `__all__` are the public interface; everything else may change between releases.
"""

import asyncio
import hashlib
import threading
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import wraps
from pathlib import Path
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

from platformdirs import user_data_path

from index.articles.files import resolve_roots
from index.articles.paths import expanded
from index.build.events import Progress, Summary
from index.errors import BadRequest, BylineError
from index.models.registry import DEFAULT_MODEL
from index.shards.which import store_in
from index.storage.scope import Scope
from index.storage.store import Store
from qa.answers import (
    DEFAULT_ANSWERS,
    Answer,
    Answered,
    AnswerKind,
    Citation,
    NoAnswer,
    Quote,
    Reply,
    State,
    Status,
    Unmentioned,
)
from qa.bot import Bot
from qa.conversation import Exchange, history_from_questions, history_from_replies
from qa.find import FoundArticle, Place, mentions, wanted
from qa.reader.shipped import DEFAULT_READER
from qa.scope import scope_of
from tui.jobs.build_job import build_events, reader_events
from tui.jobs.events import BuildEvent, Waiting
from tui.paths import model_cache
from tui.settings import prepare_formats

__all__ = [
    "Answer",
    "AnswerKind",
    "Answered",
    "Articles",
    "BylineError",
    "Citation",
    "Conversation",
    "FoundArticle",
    "NoAnswer",
    "OnProgress",
    "Place",
    "Progress",
    "Quote",
    "Reply",
    "State",
    "Status",
    "Summary",
    "Unmentioned",
    "Waiting",
    "open",
    "open_async",
]

OnProgress = Callable[[Progress | Waiting], None]
"""Receives the progress of a build: stages with counts, and preparations that take seconds."""


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def _in_thread(
    function: Callable[Arguments, Result],
) -> Callable[Arguments, Coroutine[Any, Any, Result]]:
    """Return a function that runs another one in a thread, with which it shares its description."""

    @wraps(function)
    async def run(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        return await asyncio.to_thread(function, *args, **kwargs)

    return run


class Articles:
    """An open index of articles. Close it, or use it as a context manager.

    Questions may come from several threads; they are answered one at a time.
    """

    def __init__(self, bot: Bot, summary: Summary | None) -> None:
        self._bot: Bot | None = bot
        """None once closed."""
        self._asking = threading.Lock()
        self.summary = summary
        """What opening the folder changed in its index; None for an index opened as it is."""

    def ask(
        self,
        question: str,
        *,
        top_k: int = DEFAULT_ANSWERS,
        scope: Sequence[str | Path] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        where: Sequence[str] = (),
        history: Sequence[str] = (),
        on_first: Callable[[Reply], None] = lambda _: None,
    ) -> Reply:
        """Answer a question from the articles.

        Returns an `Answered` with at most `top_k` distinct answers, the best first, or a `NoAnswer`
        with the reason. `scope` limits the search to articles at or under these paths, `since` and
        `until` to those of these days (`"2011-07"`, `"last month"`, or a date), `where` to those
        that state each of these of themselves (`"author=Ada Quill"`). `history` holds the earlier
        questions of the conversation, oldest first. Where two readers are installed, `on_first`
        receives the reply of the fast one while the accurate one reads.
        Raises BylineError for an empty or too long question, for a filter that is wrong or that
        leaves no article, and once closed.
        """
        searched = _scope(scope, since, until, where)
        return self._ask(question, top_k, searched, history_from_questions(history), on_first)

    ask_async = _in_thread(ask)

    def find(
        self,
        words: str,
        *,
        exact: bool = False,
        scope: Sequence[str | Path] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        where: Sequence[str] = (),
    ) -> list[FoundArticle]:
        """Return every article with passages that hold all the words, with the places.

        Quotation marks within the words make a phrase. A word is found in any form unless `exact`.
        Nothing is ranked or left out. Filters as in `ask`. Raises BylineError if there is no word
        to find, for a filter that is wrong or that leaves no article, and once closed.
        """
        searched, articles = wanted(words, exact), _scope(scope, since, until, where)
        with self._opened() as bot:
            return list(mentions(bot.index.generation, searched, articles).articles)

    find_async = _in_thread(find)

    def conversation(self) -> "Conversation":
        """Start a conversation, in which a question may refer to earlier ones."""
        return Conversation(self)

    def _ask(
        self,
        question: str,
        top_k: int,
        scope: Scope,
        history: Sequence[Exchange],
        on_first: Callable[[Reply], None],
    ) -> Reply:
        with self._opened() as bot:
            return bot.ask(question, top_k, scope, history, on_first)

    @contextmanager
    def _opened(self) -> Iterator[Bot]:
        """Wait for other questions; raise BylineError once closed."""
        with self._asking:
            if self._bot is None:
                raise BadRequest("the articles are closed")
            yield self._bot

    def close(self) -> None:
        """Close the index. Closing twice does nothing."""
        with self._asking:
            if self._bot is not None:
                self._bot.close()
                self._bot = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Conversation:
    """Questions to the same articles, each of which may refer to those before it and their answers.

    Use it in one thread; await each question before the next.
    """

    def __init__(self, articles: Articles) -> None:
        self._articles = articles
        self.replies: list[Reply] = []
        """What was asked and answered, oldest first."""

    def ask(
        self,
        question: str,
        *,
        top_k: int = DEFAULT_ANSWERS,
        scope: Sequence[str | Path] = (),
        since: str | date | None = None,
        until: str | date | None = None,
        where: Sequence[str] = (),
        on_first: Callable[[Reply], None] = lambda _: None,
    ) -> Reply:
        """Answer a question, or a follow-up. Arguments and errors as in `Articles.ask`."""
        history, searched = history_from_replies(self.replies), _scope(scope, since, until, where)
        reply = self._articles._ask(question, top_k, searched, history, on_first)
        self.replies.append(reply)
        return reply

    ask_async = _in_thread(ask)


def open(  # noqa: A001
    path: str | Path,
    *,
    index: str | Path | None = None,
    model: str = DEFAULT_MODEL,
    reader: str = DEFAULT_READER,
    threshold: float | None = None,
    on_progress: OnProgress = lambda _: None,
) -> Articles:
    """Open a folder of articles, or an index that `byline index` has built.

    A folder (or a single article) is indexed first, or its index is brought up to date: only what
    changed is read again. Its index is kept in the user's data folder, or in `index`. `threshold`
    is the confidence, in [0, 1], under which there is no answer; None means the calibrated one.
    Raises BylineError with one line that says what is wrong and what to do.
    """
    existing = store_in(expanded(str(path)))
    if existing.exists():
        return _open(existing, reader, threshold, None)
    roots = resolve_roots((str(path),))
    store = Store(expanded(str(index)) if index else _index_of(roots[0].path))
    for preparation in reader_events(reader):
        on_progress(preparation)
    forgotten = tuple(root for root in store.remembered_roots() if root not in roots)
    summary = _report(build_events(store, model, roots, forgotten), on_progress)
    for skipped in summary.skipped:
        if skipped.path == roots[0].path:
            raise BadRequest(f"{path} was not indexed: {skipped.reason}")
    return _open(store, reader, threshold, summary)


open_async = _in_thread(open)


def _open(store: Store, reader: str, threshold: float | None, summary: Summary | None) -> Articles:
    prepare_formats()
    return Articles(Bot.open(store, model_cache(), reader, threshold, lambda _: None), summary)


def _scope(
    scope: Sequence[str | Path],
    since: str | date | None,
    until: str | date | None,
    where: Sequence[str],
) -> Scope:
    return scope_of([str(path) for path in scope], since, until, where)


def _report(events: Iterator[BuildEvent], on_progress: OnProgress) -> Summary:
    for event in events:
        if isinstance(event, Summary):
            return event
        on_progress(event)
    raise AssertionError("a build ends with its summary")


def _index_of(folder: str) -> Path:
    """Return where the index of a folder is kept: one folder each, named by its path's hash."""
    return user_data_path("byline") / "folders" / hashlib.sha256(folder.encode()).hexdigest()[:16]
