"""Places that a terminal opens at a click (OSC 8). Links are made of paths, never of article text.

The addresses of editors are those that ripgrep's `--hyperlink-format` names.
"""

import os
import re
from collections.abc import Mapping
from urllib.parse import quote

from index.articles.places import Place
from index.errors import BadRequest
from tui.output.console import colour
from tui.settings import read_settings

_FILE = "file"
_OFF = "off"
_GOTO = "file{path}:{line}:{column}"
_URL = "open?url=file://{path}&line={line}&column={column}"
_TEMPLATES = {
    _FILE: "file://{host}{path}",
    "cursor": f"cursor://{_GOTO}",
    "idea": "idea://open?file={path}&line={line}&column={column}",
    "kitty": "file://{host}{path}#{line}",
    "macvim": f"mvim://{_URL}",
    "textmate": f"txmt://{_URL}",
    "vscode": f"vscode://{_GOTO}",
    "vscode-insiders": f"vscode-insiders://{_GOTO}",
    "vscodium": f"vscodium://{_GOTO}",
    "windsurf": f"windsurf://{_GOTO}",
    "zed": f"zed://{_GOTO}",
}
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:[!-~]*\{path\}[!-~]*")
"""A template: a scheme, then printable ASCII with the path in it."""
_OPENS, _ENDS = "\x1b]8;;{}\x1b\\", "\x1b]8;;\x1b\\"
_CONSOLE = "linux"
"""The `TERM` of a console without links, some versions of which print them."""


class Links:
    """Makes links of places, or leaves text as it is."""

    def __init__(self, template: str | None) -> None:
        """`template` has `{path}`, `{line}`, `{column}` and `{host}`; None: no links."""
        self._template = template

    @classmethod
    def on(cls, is_terminal: bool) -> "Links":
        """Return what the settings want on a terminal, and no links elsewhere.

        Raises BadRequest if the setting is invalid.
        """
        if not colour(is_terminal) or os.environ.get("TERM") == _CONSOLE:
            return cls(None)
        return cls(template_of(read_settings().links))

    def linked(self, text: str, file: str, place: Place) -> str:
        """Return text as a link to a place of a file, by its absolute path."""
        if self._template is None:
            return text
        # Editors know lines alone; a page, a chapter or a paragraph is for the file's own program.
        template = self._template if place == Place(place.line, place.column) else _TEMPLATES[_FILE]
        values = {
            "path": quote(os.fsencode(file)),
            "host": quote(os.uname().nodename),
            "line": str(place.line),
            "column": str(place.column),
        }
        return f"{_OPENS.format(_filled(template, values))}{text}{_ENDS}"


def template_of(setting: str | None) -> str | None:
    """Return the template that a setting stands for, None for no links. Raises BadRequest."""
    if setting is None:
        return _TEMPLATES[_FILE]
    if setting == _OFF:
        return None
    template = _TEMPLATES.get(setting, setting)
    if not _ADDRESS.fullmatch(template):
        names = ", ".join([_OFF, *_TEMPLATES])
        raise BadRequest(
            f"the setting `links` is one of {names}, or an address such as "
            "myeditor://open?file={path}&line={line}"
        )
    return template


def _filled(template: str, values: Mapping[str, str]) -> str:
    """Replace the names in a template in one pass."""
    return re.sub(r"\{(\w+)\}", lambda name: values.get(name[1], name[0]), template)
