"""Open a file where it was cited: in the user's editor, or in a viewer if it has no lines.

As with editors, a command is a list of arguments, never a shell line, and the file is an absolute
path.
"""

import os
import re
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from index.articles.formats.registry import format_by_suffix
from index.articles.places import Place
from tui.editors import EditorCommand, NoEditor, editor_command


@dataclass(frozen=True, slots=True)
class _Viewer:
    """Viewers that take the same arguments."""

    names: str
    """Regular expression of an entire command name."""
    arguments: tuple[str, ...]
    """Templates of `{file}`, `{page}`, `{url}` (of the file), `{quoted}` (its path in one)."""


_OF_PAGES = (
    _Viewer(r"evince|papers|xreader|atril", ("--page-index={page}", "--", "{file}")),
    _Viewer(r"okular", ("--page", "{page}", "--", "{file}")),
    _Viewer(r"zathura", ("--page={page}", "--", "{file}")),
    _Viewer(r"sioyek", ("--page", "{page}", "{file}")),
    _Viewer(r"mupdf(-x11|-gl)?|xpdf", ("{file}", "{page}")),
    _Viewer(r"qpdfview", ("{file}#{page}",)),
    _Viewer(
        r"firefox(-esr)?|chromium(-browser)?|google-chrome(-stable)?|brave(-browser)?|"
        r"microsoft-edge|vivaldi|librewolf",
        ("{url}#page={page}",),
    ),
)
_DESKTOP = ("open",) if sys.platform == "darwin" else ("xdg-open",)
"""Opens a file with the program of the desktop, at its start."""
_SKIM = Path("/Applications/Skim.app")
_FOR_BROWSERS = frozenset({"HTML", "saved pages", "PDF"})
_BROWSERS = ("x-www-browser", "firefox", "chromium", "google-chrome", "brave-browser")
"""Tried in order if `$BROWSER` names none."""
_UNSET = ("okular", "evince", "papers", "zathura", "mupdf", "sioyek")
"""Tried in order if no viewer is named in the settings; these can open a page."""


def open_command(
    environment: Mapping[str, str],
    file: str,
    place: Place,
    read_only: bool = False,
    viewer: str | None = None,
) -> EditorCommand:
    """Return the command that opens a file at a place; lines are for the editor.

    `viewer` is the command for files with pages, as the settings name it. Raises NoEditor.
    """
    path = os.path.abspath(file)  # noqa: PTH100
    if place.page is not None:
        return _viewer_command(environment, path, place.page, viewer)
    if place.chapter is not None or place.paragraph is not None:
        return EditorCommand((*_desktop(environment), path), in_terminal=False, at_line=False)
    return editor_command(environment, path, place.line, place.column, read_only)


def browser_command(environment: Mapping[str, str], file: str, place: Place) -> EditorCommand:
    """Return the command that opens a web page or a PDF in the browser. Raises NoEditor.

    That is the one that `$BROWSER` names, else the first that is installed.
    """
    path = os.path.abspath(file)  # noqa: PTH100
    known = format_by_suffix(path)
    if known is None or known.name not in _FOR_BROWSERS:
        raise NoEditor("only web pages and PDFs open in a browser; press o for others")
    url = Path(path).as_uri() + (f"#page={place.page}" if place.page else "")
    return EditorCommand((*_browser(environment), url), in_terminal=False, at_line=False)


def _browser(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return the command of the browser, without the address."""
    named = environment.get("BROWSER", "").split(os.pathsep)[0].replace("%s", " ")
    try:
        chosen = shlex.split(named)
    except ValueError as error:
        raise NoEditor(f"$BROWSER is invalid: {named}") from error
    for command in (chosen, *([one] for one in _BROWSERS)):
        if command and shutil.which(command[0], path=environment.get("PATH")):
            return tuple(command)
    return _desktop(environment)


def _viewer_command(
    environment: Mapping[str, str], path: str, page: int, viewer: str | None
) -> EditorCommand:
    command, templates = _chosen(environment, viewer)
    values: dict[str, str | int] = {
        "file": path, "page": page, "url": Path(path).as_uri(), "quoted": quote(os.fsencode(path))
    }  # fmt: skip
    arguments = [_filled(template, values) for template in templates]
    at_page = any("{page}" in template for template in templates)
    return EditorCommand((*command, *arguments), in_terminal=False, at_line=at_page)


def _chosen(
    environment: Mapping[str, str], viewer: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return a viewer with its own options, and the templates of its other arguments."""
    if viewer is not None:
        return _named(environment, viewer)
    if sys.platform == "darwin" and _SKIM.exists():
        return _DESKTOP, ("skim://{quoted}#page={page}",)
    for command in _UNSET:
        if shutil.which(command, path=environment.get("PATH")):
            return (command,), _arguments_of(command)
    return _desktop(environment), ("{file}",)


def _named(environment: Mapping[str, str], viewer: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the command of the settings; one with `{file}` in it is used as it is."""
    try:
        command, *options = shlex.split(viewer)
    except ValueError as error:
        raise NoEditor(f"the setting `viewer` is invalid: {viewer}") from error
    if shutil.which(command, path=environment.get("PATH")) is None:
        raise NoEditor(f"{command} is not installed; change `viewer` in the settings")
    if any("{file}" in option or "{url}" in option for option in options):
        return (command,), tuple(options)
    return (command, *options), _arguments_of(command)


def _arguments_of(command: str) -> tuple[str, ...]:
    name = Path(command).name
    known = (one.arguments for one in _OF_PAGES if re.fullmatch(one.names, name))
    return next(known, ("{file}",))


def _desktop(environment: Mapping[str, str]) -> tuple[str, ...]:
    if shutil.which(_DESKTOP[0], path=environment.get("PATH")) is None:
        raise NoEditor("no viewer was found; name one as `viewer` in the settings")
    return _DESKTOP


def _filled(template: str, values: Mapping[str, str | int]) -> str:
    """Replace the names in a template in one pass: a path may contain `{page}`."""
    return re.sub(r"\{(\w+)\}", lambda name: str(values.get(name[1], name[0])), template)
