"""What a chat is opened with: options of the command line, settings, and what was kept."""

from contextlib import suppress
from pathlib import Path

from index.articles.files import MAX_BYTES
from index.errors import BylineError
from qa.answers import DEFAULT_ANSWERS
from tui.chat.setup import Setup
from tui.jobs.async_bot import IndexDesk
from tui.jobs.subprocess_job import BackgroundJob, BuildJob
from tui.paths import (
    bundled_index,
    chat_settings_file,
    default_index,
    model_cache,
    sessions_folder,
)
from tui.sessions.folder import Sessions
from tui.sessions.session import Session
from tui.settings import chosen_reader, index_folder_or, read_chat_settings, setting


def setup(
    index: Path | None,
    bundled: bool,
    new: bool,
    top: int | None,
    threshold: float | None,
    reader: str | None,
) -> Setup:
    """Put together what the chat is opened with. Raises BadRequest and NoIndex."""
    own = index_folder_or(index, default_index())
    chosen = chosen_reader(reader)
    max_bytes = setting("max_bytes", None, MAX_BYTES)
    most = setting("top", top, DEFAULT_ANSWERS)

    def least() -> float:
        from qa.answering.confidence import (
            default_threshold,  # needs numpy: not before the first frame
        )

        return float(setting("threshold", threshold, default_threshold()))

    def build(folder: Path, add: tuple[str, ...] = (), forget: tuple[str, ...] = ()) -> BuildJob:
        from index.models.registry import DEFAULT_MODEL
        from index.storage.store import Store

        manifest = Store(folder).manifest()
        model = setting("model", None, manifest.model.name if manifest else DEFAULT_MODEL)
        return BuildJob(str(folder), model, chosen, add, forget, max_bytes=max_bytes)

    sessions = Sessions(sessions_folder())
    return Setup(
        index=bundled_index() if bundled else own,
        own_index=own,
        bundled_index=bundled_index(),
        sessions=sessions,
        session=sessions.new() if new else _last(sessions),
        settings=read_chat_settings(chat_settings_file()),
        settings_file=chat_settings_file(),
        open_desk=lambda folder: IndexDesk(folder, model_cache(), chosen, least, most),
        max_bytes=max_bytes,
        build=build,
        start_job=BackgroundJob.start,
    )


def _last(sessions: Sessions) -> Session:
    """Give the conversation that was used last, else a new one."""
    for summary in sessions.latest():
        with suppress(BylineError):
            return sessions.load(summary.id)
    return sessions.new()
