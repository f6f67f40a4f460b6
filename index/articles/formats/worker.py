"""The process that parses foreign files: it writes no file, opens no connection, starts nothing."""

import os
import resource
import sys
from contextlib import suppress

import msgspec

from index.articles.formats import wire
from index.articles.formats.document import Document, TooMuchText
from index.articles.formats.registry import FORMATS
from index.articles.text import NotText

_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn",
              "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink",
              "os.truncate", "os.chmod", "os.chown", "shutil.", "urllib.", "ftplib.",
              "webbrowser.")  # fmt: skip
"""Beginnings of the audit events of what a parser has no business with."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def _forbid(event: str, arguments: tuple[object, ...]) -> None:
    if event.startswith(_FORBIDDEN) or (event == "open" and _writes(arguments)):
        raise PermissionError(f"a parser may not do this: {event}")


def _writes(arguments: tuple[object, ...]) -> bool:
    flags = arguments[2]
    return isinstance(flags, int) and bool(flags & _WRITING)


def _read(task: wire.Task, data: bytes) -> Document | NotText:
    known = next(one for one in FORMATS if one.name == task.format)
    try:
        return known.load().read(data)
    except TooMuchText:
        return NotText("too much text for one article")
    except MemoryError:
        return NotText(f"needs over {task.memory >> 20:,} MiB of memory to read")
    except RecursionError:
        return NotText("nested too deeply to read")
    except Exception as error:  # noqa: BLE001  parsers raise anything, and the next file counts
        return NotText(f"damaged: {type(error).__name__} in its parser")


def _limit(task: wire.Task) -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (used + task.seconds, hard))
    with suppress(ValueError, OSError):  # not every system has it
        resource.setrlimit(resource.RLIMIT_AS, (task.memory, task.memory))


def main() -> None:
    """Parse files until the input ends."""
    tasks = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):  # libraries print
        os.dup2(nothing, standard)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(_forbid)
    while True:
        try:
            task = msgspec.msgpack.decode(wire.receive(tasks), type=wire.Task)
            data = wire.receive_exactly(tasks, task.size)
        except EOFError:
            return
        _limit(task)
        reply = wire.reply_of(_read(task, data))
        wire.send(replies, msgspec.msgpack.encode(reply))


if __name__ == "__main__":
    main()
