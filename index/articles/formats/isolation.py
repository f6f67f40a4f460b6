"""Parse foreign files in another process, under limits, so that a hostile one costs one line."""

import atexit
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock, Timer

import msgspec

from index.articles.formats import wire
from index.articles.formats.document import ExtractedDocument
from index.articles.text import NotText

# Libraries for this start their processes with `multiprocessing`, which runs the caller's program
# again; a script that uses Byline need not be written for that.
_COMMAND = (sys.executable, "-P", "-B", "-m", "index.articles.formats.worker")
_WALL_FACTOR = 4
"""Limit on the seconds that pass, as a multiple of those of a processor: others use it too."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What the parser of one file may use."""

    seconds: int = 60
    """Of a processor."""
    memory: int = 2 * 1024**3
    """Bytes of address space."""


DEFAULT_LIMITS = Limits()


class _Died(Exception):
    """A worker ended while it parsed a file."""


class _Worker:
    """A process that parses one file after another; it ends when its input does."""

    def __init__(self) -> None:
        # It finds its modules where this process does.
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        self._process = subprocess.Popen(  # noqa: S603  our own command
            _COMMAND,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # Ctrl+C is for its parent, which then ends it
        )

    def read(self, name: str, data: bytes, limits: Limits) -> ExtractedDocument | NotText:
        """Parse a file. Raises _Died, after which the worker is of no more use."""
        task = wire.Task(name, len(data), limits.seconds, limits.memory)
        killer = Timer(limits.seconds * _WALL_FACTOR, self._process.kill)
        killer.start()
        assert self._process.stdin
        assert self._process.stdout
        try:
            wire.send(self._process.stdin, msgspec.msgpack.encode(task), data)
            reply = wire.receive(self._process.stdout)
        except (OSError, EOFError) as error:
            raise _Died(self._cause(limits)) from error
        finally:
            killer.cancel()
        return wire.document_of(msgspec.msgpack.decode(reply, type=wire.Reply))

    def close(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe:
                    pipe.close()
        self._process.wait()

    def _cause(self, limits: Limits) -> str:
        if self._process.wait() in (-signal.SIGXCPU, -signal.SIGKILL):
            return f"its parser was ended: over {limits.seconds} seconds, or too much memory"
        return "damaged: its parser crashed"


_lock = Lock()
_worker: _Worker | None = None


def read_isolated(
    name: str, data: bytes, limits: Limits = DEFAULT_LIMITS
) -> ExtractedDocument | NotText:
    """Parse a file of a format in another process, which is started when first needed."""
    global _worker
    with _lock:
        try:
            _worker = _worker or _Worker()
            return _worker.read(name, data, limits)
        except _Died as died:
            close()
            return NotText(str(died))
        except OSError as error:
            return NotText(f"its parser cannot be started: {error.strerror}")
        except BaseException:  # Ctrl+C: what comes next would be taken for another file's
            close()
            raise


@atexit.register
def close() -> None:
    """End the process, if there is one; the next file starts another."""
    global _worker
    if _worker:
        _worker.close()
        _worker = None
