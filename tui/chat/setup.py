"""What a chat is opened with."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tui.jobs.async_bot import Desk
from tui.jobs.subprocess_job import BackgroundJob, BuildJob, Job
from tui.sessions.folder import Sessions
from tui.sessions.session import Session
from tui.settings import ChatSettings


class Build(Protocol):
    """Makes the job of a build."""

    def __call__(
        self, folder: Path, add: tuple[str, ...] = (), forget: tuple[str, ...] = ()
    ) -> BuildJob:
        """Bring the index in a folder up to date, with these paths added or forgotten."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What a chat is opened with."""

    index: Path
    """Folder of the index that is asked."""
    own_index: Path
    """Folder of the person's own index."""
    bundled_index: Path
    """Folder of the index of the articles that come with Byline."""
    sessions: Sessions
    session: Session
    """That is shown first."""
    settings: ChatSettings
    settings_file: Path
    open_desk: Callable[[Path], Desk]
    """Opens a desk over the index in a folder."""
    max_bytes: int
    """Size of the largest file that is taken for an article."""
    build: Build
    """Makes the job that brings the index in a folder up to date."""
    start_job: Callable[[Job], BackgroundJob]
