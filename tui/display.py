"""The boundary to the terminal: article text, file names and questions pass here."""

import re
import unicodedata

_LINE_BREAKS = re.compile(r"[ \t]*(?:\r\n|\n)[ \t]*|\t")
_SUSPECT = re.compile(r"[^\x20-\x7e]")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of what steers a terminal, or cannot be seen."""
_PICTURES = 0x2400
"""Start of the block of pictures for the control characters."""


def visible(text: str) -> str:
    """Make text safe to show on one line of a terminal.

    Line breaks and tabs become a space; every other control, format, bidirectional or zero-width
    character, and every lone surrogate, becomes something that is seen.
    """
    return _SUSPECT.sub(_shown, _LINE_BREAKS.sub(" ", text))


def visible_name(name: str) -> str:
    """Make a path safe to show: line breaks and tabs in it are seen as what they are."""
    return _SUSPECT.sub(_shown, name)


def _shown(match: re.Match[str]) -> str:
    char = match[0]
    if unicodedata.category(char) not in _HIDDEN:
        return char
    if char < " ":
        return chr(_PICTURES + ord(char))
    return "␡" if char == "\x7f" else f"⟨{ord(char):04X}⟩"
