"""Builds and preparations in the background, one at a time; and a watcher beside them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual.app import App
from textual.message import Message

from tui.jobs.events import Event
from tui.jobs.subprocess_job import BackgroundJob, Job, WatchJob


class Jobs:
    """Runs one job at a time; posts its events to the app as `Happened`."""

    @dataclass
    class Happened(Message):
        """An event of a job."""

        event: Event
        job: Job

    def __init__(self, app: App[Any], start_job: Callable[[Job], BackgroundJob]) -> None:
        self._app = app
        self._start_job = start_job
        self._running: BackgroundJob | None = None
        """None while no job runs."""

    @property
    def is_running(self) -> bool:
        """Whether a job runs."""
        return self._running is not None

    def start(self, job: Job) -> None:
        """Start a job while none runs. Raises OSError if no process can be started."""
        self._running = self._start_job(job)
        listen = partial(self._listen, self._running, job)
        self._app.run_worker(listen, group="job", thread=True)

    def _listen(self, running: BackgroundJob, job: Job) -> None:
        for event in running.events():
            self._app.post_message(self.Happened(event, job))

    def finish(self) -> None:
        """Forget the job that has ended."""
        self._running = None

    def stop(self) -> None:
        """Stop the running job; its finished work is kept."""
        if self._running:
            self._running.stop()


class WatchedIndex:
    """Keeps one index up to date in a process of its own; posts its events as `Happened`."""

    @dataclass
    class Happened(Message):
        """An event of the watcher."""

        event: Event

    def __init__(self, app: App[Any], start_job: Callable[[Job], BackgroundJob]) -> None:
        self._app = app
        self._start_job = start_job
        self._job: WatchJob | None = None
        """None while nothing is watched."""
        self._running: BackgroundJob | None = None

    def watch(self, job: WatchJob) -> None:
        """Watch an index, and no other one. Raises OSError if no process can be started."""
        if job != self._job:
            self.stop()
            self._running, self._job = self._start_job(job), job
            listen = partial(self._listen, self._running)
            self._app.run_worker(listen, group="watch", thread=True)

    def _listen(self, running: BackgroundJob) -> None:
        for event in running.events():
            if running is self._running:
                self._app.post_message(self.Happened(event))

    def stop(self) -> None:
        """Stop watching."""
        running, self._running, self._job = self._running, None, None
        if running:
            running.stop()
