"""Make untrusted text safe for a terminal: article text, file names, questions."""

import re
import unicodedata

_LINE_BREAKS = re.compile(r"[ \t]*(?:\r\n|\n)[ \t]*|\t")
_SUSPECT = re.compile(r"[^\x20-\x7e]")
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Unicode categories of characters that control a terminal or are invisible."""
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\U000e0100-\U000e01ef]")
"""Letters and marks of other categories that are drawn as nothing."""
_PICTURES = 0x2400
"""Start of the Unicode block of pictures for control characters."""


def visible(text: str) -> str:
    """Make text safe to show on one line of a terminal.

    Line breaks and tabs become a space; every other control, format, bidirectional or zero-width
    character, and every lone surrogate, is replaced by something visible.
    """
    return _SUSPECT.sub(_picture, _LINE_BREAKS.sub(" ", text))


def visible_name(name: str) -> str:
    """Make a path safe to show; line breaks and tabs become visible too."""
    return _SUSPECT.sub(_picture, name)


def visible_in_place(text: str) -> str:
    """Make a line safe to show without changing its length; tabs are kept."""
    return _SUSPECT.sub(_picture_of_one, text)


def _picture_of_one(match: re.Match[str]) -> str:
    if match[0] == "\t":
        return match[0]
    picture = _picture(match)
    return picture if len(picture) == 1 else "\ufffd"


def _picture(match: re.Match[str]) -> str:
    char = match[0]
    if unicodedata.category(char) not in _HIDDEN and not _UNSEEN.match(char):
        return char
    if char < " ":
        return chr(_PICTURES + ord(char))
    return "␡" if char == "\x7f" else f"⟨{ord(char):04X}⟩"
