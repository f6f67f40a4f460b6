"""What a chat starts with: options, settings, and the conversation shown first."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from index.articles.files import MAX_BYTES
from index.errors import BylineError
from qa.answers import DEFAULT_ANSWERS
from tui.jobs.async_bot import AsyncBot, IndexBot
from tui.jobs.subprocess_job import BackgroundJob, BuildJob, Job, WatchJob
from tui.paths import bundled_index, chat_settings_file, default_index, model_cache, sessions_folder
from tui.sessions.folder import Sessions
from tui.sessions.session import Session
from tui.settings import (
    ChatSettings,
    chosen_model,
    chosen_reader,
    index_folder_or,
    read_chat_settings,
    setting,
)


class Build(Protocol):
    """Returns the job of a build."""

    def __call__(
        self, folder: Path, add: tuple[str, ...] = (), forget: tuple[str, ...] = ()
    ) -> BuildJob:
        """Update the index in a folder, with paths added or removed."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a chat starts with."""

    index: Path
    """Folder of the index to ask."""
    own_index: Path
    """Folder of the user's own index."""
    bundled_index: Path
    """Folder of the index of the bundled articles."""
    sessions: Sessions
    session: Session
    """The conversation shown first."""
    settings: ChatSettings
    settings_file: Path
    open_bot: Callable[[Path], AsyncBot]
    """Opens the index in a folder for questions."""
    max_bytes: int
    """Size of the largest file that is read as an article, in bytes."""
    build: Build
    """Returns the job that updates the index in a folder."""
    start_job: Callable[[Job], BackgroundJob]
    watch: Callable[[Path], WatchJob] | None = None
    """Returns the job that keeps the index in a folder up to date; None if it is not wanted."""


def setup(
    index: Path | None,
    bundled: bool,
    new: bool,
    top: int | None,
    threshold: float | None,
    reader: str | None,
    watch: bool | None = None,
) -> Setup:
    """Return what the chat starts with. Raises BadRequest and NoIndex."""
    own = index_folder_or(index, default_index())
    chosen = chosen_reader(reader)
    max_bytes = setting("max_bytes", None, MAX_BYTES)
    limit = setting("top", top, DEFAULT_ANSWERS)
    least = setting("threshold", threshold, None)
    budget = setting("reading_budget", None, None)

    def build(folder: Path, add: tuple[str, ...] = (), forget: tuple[str, ...] = ()) -> BuildJob:
        from index.shards.which import store_in

        model = chosen_model(store_in(folder), None)
        return BuildJob(str(folder), model, chosen, add, forget, max_bytes=max_bytes)

    def watching(folder: Path) -> WatchJob:
        from index.shards.which import store_in

        return WatchJob(str(folder), chosen_model(store_in(folder), None), max_bytes)

    sessions = Sessions(sessions_folder())
    return Setup(
        index=bundled_index() if bundled else own,
        own_index=own,
        bundled_index=bundled_index(),
        sessions=sessions,
        session=sessions.new() if new else _last(sessions),
        settings=read_chat_settings(chat_settings_file()),
        settings_file=chat_settings_file(),
        open_bot=lambda folder: IndexBot(folder, model_cache(), chosen, least, limit, budget),
        max_bytes=max_bytes,
        build=build,
        start_job=BackgroundJob.start,
        watch=watching if setting("watch", watch, default=False) else None,
    )


def _last(sessions: Sessions) -> Session:
    """Return the latest conversation that can be loaded, else a new one."""
    summary = sessions.latest()
    if summary is not None:
        with suppress(BylineError):
            return sessions.load(summary.id)
    return sessions.new()
