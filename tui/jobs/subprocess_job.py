"""Builds in a process of their own, so that the chat goes on while they run.

Importing torch alone would hold every other thread of this process for seconds.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import msgspec

from index.articles.files import MAX_BYTES
from index.build.events import Progress, Summary
from index.disk.json_lines import encode_line
from index.errors import BylineError, path_and_reason
from tui.jobs.events import Event, Failed, Prepared, Stopped, event_line, parse_event
from tui.jobs.python import PYTHON

COMMAND = (*PYTHON, "-m", "tui.jobs.subprocess_job")
NICENESS = 10
"""Added to the child's: a keypress goes before a build."""
_GRACE = 1.0
"""Seconds that a child has to tidy up when it is told to stop."""
_EVERY = 0.1
"""Seconds between two events of a stage's progress."""
_KEPT = 8192
"""Last bytes of what a child writes to its standard error."""
_LONGEST = 200
"""Code points of a child's last words."""


class BuildJob(msgspec.Struct, frozen=True, tag="build"):
    """Bring an index up to date, and have its models ready for questions."""

    index: str
    """Folder of the index."""
    model: str
    reader: str
    add: tuple[str, ...] = ()
    """Paths to remember, as the person typed them."""
    forget: tuple[str, ...] = ()
    full: bool = False
    max_bytes: int = MAX_BYTES


class PrepareJob(msgspec.Struct, frozen=True, tag="prepare"):
    """Have an embedding model and a reader ready for questions."""

    model: str
    reader: str


Job = BuildJob | PrepareJob


@dataclass(frozen=True)
class BackgroundJob:
    """A job in a child process."""

    process: subprocess.Popen[bytes]
    _told: bytearray
    """The end of the child's standard error."""
    _stopping: threading.Event
    _listener: threading.Thread

    @classmethod
    def start(cls, job: Job, command: Sequence[str] = COMMAND) -> "BackgroundJob":
        """Start a job. Raises OSError where no process can be started."""
        process = subprocess.Popen(  # noqa: S603  ours
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,  # what the terminal sends the chat is not meant for it
        )
        assert process.stdin
        with suppress(BrokenPipeError):  # a child that died already says why on its stderr
            process.stdin.write(encode_line(job).encode())
        with suppress(BrokenPipeError):
            process.stdin.close()
        told = bytearray()
        listener = threading.Thread(target=_listen, args=(process, told), daemon=True)
        listener.start()
        return cls(process, told, threading.Event(), listener)

    def events(self) -> Iterator[Event]:
        """Yield what happens, as it happens; blocks. The last one is an `End`; call it once."""
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
            yield self._unfinished()
        self.process.wait()

    def stop(self) -> None:
        """End the child, if need be by force, within about a second; does nothing a second time."""
        self._stopping.set()
        self.process.terminate()
        try:
            self.process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self.process.kill()

    def _unfinished(self) -> Event:
        """Tell how a child ended that did not tell itself."""
        code = self.process.wait()
        self._listener.join()
        if self._stopping.is_set():
            return Stopped()
        lines = bytes(self._told).decode(errors="replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        if code < 0:
            cause = f"it was ended by {_signal_name(-code)}"
        elif said:
            cause = said[-1][:_LONGEST]
        else:
            cause = f"exit code {code}"
        return Failed("It broke off", f"{cause}; nothing that was finished is lost")


def _listen(process: "subprocess.Popen[bytes]", told: bytearray) -> None:
    """Keep the end of what a child writes to its standard error."""
    assert process.stderr
    with process.stderr as stream:
        while part := stream.read1():  # type: ignore[attr-defined]
            told += part
            del told[:-_KEPT]


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def main() -> None:
    """Do the job that comes on standard input; events go to standard output, one a line."""
    os.nice(NICENESS)
    # Scratch folders are tidied up on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    # What libraries print goes with what they complain of.
    with os.fdopen(os.dup(1), "w", encoding="ascii") as out:
        os.dup2(2, 1)
        with suppress(BrokenPipeError):  # who wanted it is gone
            for event in _thinned(_run(job)):
                print(event_line(event), file=out, flush=True)


def _run(job: Job) -> Iterator[Event]:
    try:
        yield from _work(job)
    except BylineError as error:
        yield Failed(error.title, error.message)
    except OSError as error:
        yield Failed("Could not be done", path_and_reason(error))


def _thinned(events: Iterator[Event]) -> Iterator[Event]:
    """Leave out progress that comes faster than anyone can follow."""
    shown = -_EVERY
    for event in events:
        now = monotonic()
        if isinstance(event, Progress):
            if 0 < event.done < event.total and now - shown < _EVERY:
                continue
            shown = now
        yield event


def _work(job: Job) -> Iterator[Event]:
    # Here, because the chat imports this module and needs none of it.
    from index.articles.files import resolve_roots
    from index.storage.store import Store
    from qa.reader.sources import find_reader
    from tui.jobs.build_job import build_events, preparation, reader_events

    match job:
        case BuildJob():
            roots = resolve_roots(job.add)
            forget = resolve_roots(job.forget, must_exist=False)
            yield from reader_events(find_reader(job.reader))
            store = Store(Path(job.index))
            yield from build_events(store, job.model, roots, forget, job.full, job.max_bytes)
        case PrepareJob():
            yield from preparation(job.model, find_reader(job.reader))
            yield Prepared()


if __name__ == "__main__":
    main()
