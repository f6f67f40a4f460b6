"""Open the user's editor at a line. Its command is a list of arguments, never a shell line.

The file is an absolute path: it begins with a slash, so it can be neither an option
(`-c!touch x`) nor, to vim, a command (`+!touch x`). Editors that take `file:line:column` get only
the file if its path contains a colon, since they disagree on what that means.
"""

import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from index.errors import BylineError, reason_of


class NoEditor(BylineError, title="No editor"):
    """No editor is named or installed, or it cannot be started."""


@dataclass(frozen=True, slots=True)
class EditorCommand:
    """How to start an editor."""

    argv: tuple[str, ...]
    in_terminal: bool
    """Whether it takes over the terminal; otherwise it opens a window."""
    at_line: bool
    """Whether it opens at the line; otherwise show the line to the user."""


@dataclass(frozen=True, slots=True)
class _Family:
    """Editors that take the same arguments."""

    names: str
    """Regular expression of an entire command name."""
    arguments: tuple[str, ...]
    """Templates of `{file}`, `{line}`, `{column}` and `{right}`, vim's motion to the column."""
    in_terminal: bool = True
    read_only: tuple[str, ...] = ()
    """Options that open a file read-only, if there are any."""

    @property
    def is_joined(self) -> bool:
        """Whether the file is part of an argument `file:line:column`."""
        return any("{file}:" in argument for argument in self.arguments)


_JOINED = "{file}:{line}:{column}"
_VIM = (
    # An article may end in a modeline. --cmd registers this before a vimrc can turn them on.
    "--cmd", "augroup byline",
    "--cmd", "autocmd BufReadPre * setlocal nomodeline",
    "--cmd", "augroup END",
    "+{line}", "-c", "normal! 0{right}zv", "--", "{file}",
)  # fmt: skip
_FAMILIES = (
    _Family(r"(n|r|rn)?vim(\.\w+)?|vimx", _VIM, read_only=("-R",)),
    _Family(r"[egm]vim|gview", _VIM, in_terminal=False, read_only=("-R",)),
    _Family(r"n?vi|r?view", ("+{line}", "--", "{file}"), read_only=("-R",)),
    _Family(r"r?nano(-tiny)?|pico", ("--", "+{line},{column}", "{file}"), read_only=("-v",)),
    _Family(r"emacs(client)?([-.][\w.+-]+)?", ("+{line}:{column}", "{file}")),
    _Family(r"hx|helix", ("--", _JOINED)),
    _Family(r"micro|kak", ("--", "+{line}:{column}", "{file}")),
    _Family(
        r"code(-insiders|-oss)?|(vs)?codium(-insiders)?|cursor|windsurf|positron",
        ("--goto", _JOINED),
        in_terminal=False,
    ),
    _Family(r"zed(itor|it|-preview)?|subl|sublime(_text)?", (_JOINED,), in_terminal=False),
    # -L: do not run $LESSOPEN on the file.
    _Family(r"less", ("-L", "-N", "+{line}g", "--", "{file}")),
)
_ONLY_FILE = ("{file}",)
_UNKNOWN = _Family(r".*", _ONLY_FILE)
_EMACS_IN_TERMINAL = frozenset({"-nw", "-t", "--tty", "--no-window-system"})
_ALIASES = frozenset({"editor", "vi", "view"})
"""Often links to another editor, whose arguments they then take."""
_UNSET = ("editor", "nano", "vim", "vi", "less")
"""Tried in order if no variable is set; `editor` is the default of Debian systems."""


def editor_command(
    environment: Mapping[str, str],
    file: str | Path,
    line: int,
    column: int = 1,
    read_only: bool = False,
) -> EditorCommand:
    """Return the command that opens a file at a line and a column, both from 1.

    `$VISUAL` takes precedence over `$EDITOR`; both may contain arguments. If neither is set, the
    first of editor, nano, vim, vi and less on `$PATH` is used. An unknown editor gets only the
    file, and only vim, vi and nano open it read-only. Raises NoEditor.
    """
    command, *options = _named(environment)
    program = shutil.which(command, path=environment.get("PATH"))
    if program is None:
        raise NoEditor(f"{command} is not installed; set $VISUAL or $EDITOR")
    path = os.path.abspath(file)  # noqa: PTH100
    family = _family_of(command, program)
    fits = not (family.is_joined and ":" in path)
    right = f"{column - 1}l" if column > 1 else ""
    arguments = [
        template.format(file=path, line=max(1, line), column=max(1, column), right=right)
        for template in (family.arguments if fits else _ONLY_FILE)
    ]
    return EditorCommand(
        argv=(command, *options, *(family.read_only if read_only else ()), *arguments),
        in_terminal=family.in_terminal and not _is_emacs_window(program, options, environment),
        at_line=fits and family is not _UNKNOWN,
    )


def run_editor(command: EditorCommand) -> None:
    """Start an editor; wait for it if it takes over the terminal. Raises NoEditor."""
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
    """Return the editor of the environment with its arguments, else the first installed one."""
    for variable in ("VISUAL", "EDITOR"):
        if value := environment.get(variable, "").strip():
            try:
                command, *options = shlex.split(value)
            except ValueError as error:
                raise NoEditor(f"${variable} is invalid: {error}: {value}") from error
            return [os.path.expanduser(command), *options]  # noqa: PTH111
    for command in _UNSET:
        if shutil.which(command, path=environment.get("PATH")):
            return [command]
    raise NoEditor("no known editor is installed; set $VISUAL or $EDITOR")


def _family_of(command: str, program: str) -> _Family:
    """Find a family by the name of the command, or of what it links to; aliases by that first."""
    name, linked = Path(command).name, Path(os.path.realpath(program)).name
    names = (linked, name) if name in _ALIASES else (name, linked)
    for candidate in names:
        for family in _FAMILIES:
            if re.fullmatch(family.names, candidate):
                return family
    return _UNKNOWN


def _is_emacs_window(program: str, options: Sequence[str], environment: Mapping[str, str]) -> bool:
    """Return whether this is Emacs and will open a window."""
    name = Path(os.path.realpath(program)).name
    if "emacs" not in name or "nox" in name or _EMACS_IN_TERMINAL.intersection(options):
        return False
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))
