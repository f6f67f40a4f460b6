"""The boundary to the terminal: article text, file names and questions pass here."""

import re
import unicodedata

_LINE_BREAKS = re.compile(r"[ \t]*(?:\r\n|\n)[ \t]*|\t")
_SUSPECT = re.compile(r"[^\x20-\x7e]")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of what steers a terminal, or cannot be seen."""
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\U000e0100-\U000e01ef]")
"""Letters and marks of other categories that Unicode has drawn as nothing."""
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


def visible_in_place(text: str) -> str:
    """Make a line safe to show with one code point for each of its own; tabs stay."""
    return _SUSPECT.sub(_shown_alone, text)


def _shown_alone(match: re.Match[str]) -> str:
    shown = _shown(match)
    return match[0] if match[0] == "\t" else shown if len(shown) == 1 else "\ufffd"


def _shown(match: re.Match[str]) -> str:
    char = match[0]
    if unicodedata.category(char) not in _HIDDEN and not _UNSEEN.match(char):
        return char
    if char < " ":
        return chr(_PICTURES + ord(char))
    return "␡" if char == "\x7f" else f"⟨{ord(char):04X}⟩"
