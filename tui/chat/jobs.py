"""Builds and preparations in the background, one at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.app import App
from textual.message import Message

from tui.jobs.events import End, Event
from tui.jobs.subprocess_job import BackgroundJob, Job


class Jobs:
    """Runs jobs; what happens in one is posted to the app as `Told`."""

    @dataclass
    class Told(Message):
        """Something happened in a job."""

        event: Event
        job: Job

    def __init__(self, app: App[Any], start_job: Callable[[Job], BackgroundJob]) -> None:
        self._app = app
        self._start_job = start_job
        self._running: list[BackgroundJob] = []
        """The one that runs, if one does."""

    @property
    def is_running(self) -> bool:
        """Whether one runs."""
        return bool(self._running)

    def start(self, job: Job) -> None:
        """Start a job where none runs. Raises OSError where no process can be started."""
        running = self._start_job(job)
        self._running.append(running)
        listen = partial(self._listen, running, job)
        self._app.run_worker(listen, group="job", thread=True)

    def _listen(self, running: BackgroundJob, job: Job) -> None:
        for event in running.events():
            self._app.post_message(self.Told(event, job))

    def take(self, told: "Jobs.Told") -> bool:
        """Tell whether a job came to its end by what was told."""
        ended = isinstance(told.event, End)
        if ended:
            self._running.clear()
        return ended

    def stop(self) -> None:
        """Let a build end; what it has finished is not lost."""
        for running in self._running:
            running.stop()
