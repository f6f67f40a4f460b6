"""The person's editor, opened at a line: its command is a list of arguments, never a shell's line.

A file reaches its editor as an absolute path, which begins with a slash and so can be neither an
option (`-c!touch x`) nor, to vim, a command (`+!touch x`). Families that take `file:line:column`
get the file alone where its path holds a colon of its own: they do not agree on what that means.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import BylineError, reason_of


class NoEditor(BylineError):
    """No editor is named or installed, or it cannot be started."""

    title = "No editor"


@dataclass(frozen=True, slots=True)
class EditorCommand:
    """How to start an editor."""

    argv: tuple[str, ...]
    in_terminal: bool
    """Whether it takes the terminal over; otherwise it has a window of its own."""
    at_line: bool
    """Whether it opens at the line; otherwise the person is to be told the line."""


@dataclass(frozen=True, slots=True)
class _Place:
    file: str
    """Absolute."""
    line: int
    column: int

    @property
    def joined(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class _Family:
    names: re.Pattern[str]
    """Of its commands, in full."""
    arguments: Callable[[_Place], tuple[str, ...]]
    in_terminal: bool = True
    joins: bool = False
    """Whether it takes `file:line:column` as one argument."""


def _alone(place: _Place) -> tuple[str, ...]:
    return (place.file,)


_NO_MODELINES = ("augroup byline", "autocmd BufReadPre * setlocal nomodeline", "augroup END")
"""An article may end in a line that sets options. Said before the vimrc is read, done after."""


def _vim(place: _Place) -> tuple[str, ...]:
    first = tuple(word for command in _NO_MODELINES for word in ("--cmd", command))
    right = f"{place.column - 1}l" if place.column > 1 else ""
    return (*first, f"+{place.line}", "-c", f"normal! 0{right}zv", "--", place.file)


def _vi(place: _Place) -> tuple[str, ...]:
    return (f"+{place.line}", "--", place.file)


def _nano(place: _Place) -> tuple[str, ...]:
    return ("--", f"+{place.line},{place.column}", place.file)


def _emacs(place: _Place) -> tuple[str, ...]:
    return (f"+{place.line}:{place.column}", place.file)


def _micro(place: _Place) -> tuple[str, ...]:
    return ("--", f"+{place.line}:{place.column}", place.file)


def _helix(place: _Place) -> tuple[str, ...]:
    return ("--", place.joined)


def _code(place: _Place) -> tuple[str, ...]:
    return ("--goto", place.joined)


def _joined(place: _Place) -> tuple[str, ...]:
    return (place.joined,)


def _less(place: _Place) -> tuple[str, ...]:
    # -L: no program of $LESSOPEN is run over the file.
    return ("-L", "-N", f"+{place.line}g", "--", place.file)


def _family(names: str, arguments: Callable[[_Place], tuple[str, ...]]) -> _Family:
    return _Family(re.compile(names), arguments)


def _window(names: str, arguments: Callable[[_Place], tuple[str, ...]], joins: bool) -> _Family:
    return _Family(re.compile(names), arguments, in_terminal=False, joins=joins)


_FAMILIES = (
    _family(r"(n|r|rn)?vim(\.\w+)?|vimx", _vim),
    _window(r"[egm]vim|gview", _vim, joins=False),
    _family(r"n?vi|r?view", _vi),
    _family(r"r?nano(-tiny)?|pico", _nano),
    _family(r"emacs(client)?([-.][\w.+-]+)?", _emacs),
    _Family(re.compile(r"hx|helix"), _helix, joins=True),
    _family(r"micro|kak", _micro),
    _window(r"code(-insiders|-oss)?|(vs)?codium(-insiders)?", _code, joins=True),
    _window(r"cursor|windsurf|positron", _code, joins=True),
    _window(r"zed(itor|it|-preview)?|subl|sublime(_text)?", _joined, joins=True),
    _family(r"less", _less),
)
_UNKNOWN = _family(".*", _alone)
_EMACS_IN_TERMINAL = frozenset({"-nw", "-t", "--tty", "--no-window-system"})
_ALIASES = frozenset({"editor", "vi", "view"})
"""Commands that are often links to another editor, and then take its arguments."""
_UNSET = ("editor", "nano", "vim", "vi", "less")
"""Tried in order where the person named none; Debian's `editor` is the system's own choice."""


def editor_command(
    environment: Mapping[str, str], file: str | Path, line: int, column: int = 1
) -> EditorCommand:
    """Give the command that opens a file at a line and a column, both from 1.

    `$VISUAL` goes before `$EDITOR`, and may hold arguments. Where neither is set it is the first of
    editor, nano, vim, vi and less that is on `$PATH`. An editor of no known family gets the file
    alone. Raises NoEditor.
    """
    command, *options = _named(environment)
    program = shutil.which(command, path=environment.get("PATH"))
    if program is None:
        raise NoEditor(f"{command} is not an installed command; set $VISUAL or $EDITOR")
    place = _Place(os.path.abspath(file), max(1, line), max(1, column))  # noqa: PTH100
    family = _family_of(command, program)
    fits = not (family.joins and ":" in place.file)
    arguments = family.arguments(place) if fits else _alone(place)
    return EditorCommand(
        argv=(command, *options, *arguments),
        in_terminal=family.in_terminal and not _is_emacs_window(program, options, environment),
        at_line=fits and family is not _UNKNOWN,
    )


def run_editor(command: EditorCommand) -> None:
    """Start an editor; wait for it where it takes the terminal over. Raises NoEditor."""
    try:
        if command.in_terminal:
            subprocess.run(command.argv, check=False)  # noqa: S603
        else:
            quiet = subprocess.DEVNULL
            subprocess.Popen(  # noqa: S603
                command.argv, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
            )
    except OSError as error:
        raise NoEditor(f"{command.argv[0]} cannot be started: {reason_of(error)}") from error


def _named(environment: Mapping[str, str]) -> list[str]:
    """Give the person's editor with its arguments, else the first that is installed."""
    for variable in ("VISUAL", "EDITOR"):
        if value := environment.get(variable, "").strip():
            try:
                command, *options = shlex.split(value)
            except ValueError as error:
                raise NoEditor(f"${variable} cannot be understood: {error}: {value}") from error
            return [os.path.expanduser(command), *options]  # noqa: PTH111
    for command in _UNSET:
        if shutil.which(command, path=environment.get("PATH")):
            return [command]
    raise NoEditor("none is installed that Byline knows; set $VISUAL or $EDITOR")


def _family_of(command: str, program: str) -> _Family:
    """Tell a family by the command's name, else by that of what it links to; an alias's, first."""
    name, linked = Path(command).name, Path(os.path.realpath(program)).name
    names = (linked, name) if name in _ALIASES else (name, linked)
    for known in names:
        for family in _FAMILIES:
            if family.names.fullmatch(known):
                return family
    return _UNKNOWN


def _is_emacs_window(program: str, options: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Whether Emacs will open a window of its own and leave the terminal alone."""
    name = Path(os.path.realpath(program)).name
    if "emacs" not in name or "nox" in name or _EMACS_IN_TERMINAL.intersection(options):
        return False
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
