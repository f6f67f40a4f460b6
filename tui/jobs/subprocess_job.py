"""Builds in a child process, so that the chat stays responsive.

Importing torch alone would block every other thread of this process for seconds.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import IO

import msgspec

from index.articles.files import MAX_BYTES, resolve_roots
from index.build.events import Progress, Summary
from index.disk.json_lines import encode_line
from index.errors import BylineError, path_and_reason
from tui.jobs.events import Event, Failed, Prepared, Stopped, event_line, parse_event
from tui.jobs.python import PYTHON

COMMAND = (*PYTHON, "-m", "tui.jobs.subprocess_job")
NICENESS = 10
"""Added to the child's: keypresses come before builds."""
_GRACE = 1.0
"""Seconds that a child has to clean up when it is asked to stop."""
_PROGRESS_INTERVAL = 0.1
"""Seconds between two progress events of a stage."""
_STDERR_KEPT = 8192
"""Bytes kept from the end of a child's standard error."""
_MAX_CAUSE = 200
"""Code points of a child's last line that are shown."""


class BuildJob(msgspec.Struct, frozen=True, tag="build"):
    """Bring an index up to date, and prepare its models for questions."""

    index: str
    """Folder of the index."""
    model: str
    reader: str
    add: tuple[str, ...] = ()
    """Paths to remember, as the user typed them."""
    forget: tuple[str, ...] = ()
    full: bool = False
    max_bytes: int = MAX_BYTES


class PrepareJob(msgspec.Struct, frozen=True, tag="prepare"):
    """Prepare an embedding model and a reader for questions."""

    model: str
    reader: str


class WatchJob(msgspec.Struct, frozen=True, tag="watch"):
    """Keep an index up to date until the job is stopped or its parent ends."""

    index: str
    """Folder of the index."""
    model: str
    max_bytes: int = MAX_BYTES


Job = BuildJob | PrepareJob | WatchJob


class BackgroundJob:
    """A job in a child process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self._stderr = bytearray()
        """The end of the child's standard error."""
        self._stopping = threading.Event()
        self._listener = threading.Thread(target=self._keep_stderr, daemon=True)
        self._listener.start()

    @classmethod
    def start(cls, job: Job, command: Sequence[str] = COMMAND) -> "BackgroundJob":
        """Start a job. Raises OSError if no process can be started."""
        process = subprocess.Popen(  # noqa: S603  our own command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # signals from the chat's terminal are not meant for it
        )
        assert process.stdin
        with suppress(BrokenPipeError):  # a child that has died already says why on stderr
            process.stdin.write(encode_line(job).encode() + b"\n")
            process.stdin.flush()
        if not isinstance(job, WatchJob):  # one that watches ends when its input does
            _close(process.stdin)
        return cls(process)

    def events(self) -> Iterator[Event]:
        """Yield events as they happen, the last one an `End`. Blocks; call it once."""
        assert self.process.stdin
        assert self.process.stdout
        ended = False
        with self.process.stdout as lines:
            for line in lines:
                try:
                    event = parse_event(line)
                except ValueError:  # cut short by the child's death
                    break
                ended = isinstance(event, Summary | Prepared | Failed)
                yield event
        if not ended:
            yield self._unexpected_end()
        self.process.wait()
        _close(self.process.stdin)

    def stop(self) -> None:
        """End the child within about a second, by force if necessary. Stopping twice is allowed."""
        self._stopping.set()
        self.process.terminate()
        try:
            self.process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def _keep_stderr(self) -> None:
        assert self.process.stderr
        with self.process.stderr as stream:
            while part := stream.read1():  # type: ignore[attr-defined]
                self._stderr += part
                del self._stderr[:-_STDERR_KEPT]

    def _unexpected_end(self) -> Event:
        """Return the end of a child that reported none."""
        code = self.process.wait()
        self._listener.join()
        if self._stopping.is_set():
            return Stopped()
        lines = self._stderr.decode(errors="replace").split("\n")
        lines = [line.strip() for line in lines if line.strip()]
        if code < 0:
            cause = f"killed by {_signal_name(-code)}"
        elif lines:
            cause = lines[-1][:_MAX_CAUSE]
        else:
            cause = f"exit code {code}"
        return Failed(None, f"Stopped unexpectedly ({cause}). Finished work was kept.")


def _close(stream: IO[bytes]) -> None:
    with suppress(BrokenPipeError):  # the child has ended
        stream.close()


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def main() -> None:
    """Run the job read from standard input; write its events to standard output, one a line."""
    os.nice(NICENESS)
    # An exception, so that scratch folders are removed on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    job = msgspec.json.decode(sys.stdin.buffer.readline(), type=Job)
    if isinstance(job, WatchJob):
        threading.Thread(target=_end_with_parent, daemon=True).start()
    # Libraries may print: their standard output becomes our standard error.
    with os.fdopen(os.dup(1), "w", encoding="ascii") as out:
        os.dup2(2, 1)
        with suppress(BrokenPipeError):  # nobody reads any more
            for event in _throttled(_run(job)):
                print(event_line(event), file=out, flush=True)


def _end_with_parent() -> None:
    """End this process when the other end of its standard input is closed."""
    while os.read(0, 1):  # not by the buffer, whose lock would be held when the process ends
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _run(job: Job) -> Iterator[Event]:
    try:
        yield from _work(job)
    except BylineError as error:
        yield Failed(error.title, error.message)
    except OSError as error:
        yield Failed("Failed", path_and_reason(error))


def _throttled(events: Iterator[Event]) -> Iterator[Event]:
    """Drop progress that comes too fast to follow; the first and last of a stage stay."""
    last = -_PROGRESS_INTERVAL
    for event in events:
        now = monotonic()
        if isinstance(event, Progress):
            if 0 < event.done < event.total and now - last < _PROGRESS_INTERVAL:
                continue
            last = now
        yield event


def _work(job: Job) -> Iterator[Event]:
    # Imported here: the chat imports this module and needs none of these.
    from index.shards.which import store_in
    from tui.jobs.build_job import build_events, prepare_events, reader_events, watch_events

    match job:
        case BuildJob():
            roots = resolve_roots(job.add)
            forget = resolve_roots(job.forget, must_exist=False)
            yield from reader_events(job.reader)
            store = store_in(Path(job.index))
            yield from build_events(store, job.model, roots, forget, job.full, job.max_bytes)
        case PrepareJob():
            yield from prepare_events(job.model, job.reader)
            yield Prepared()
        case WatchJob():
            yield from watch_events(store_in(Path(job.index)), job.model, job.max_bytes)


if __name__ == "__main__":
    main()
