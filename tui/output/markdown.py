"""Escape untrusted text for Markdown, so that it is shown as it is and never becomes structure."""

import re

from tui.output.sanitise import visible, visible_name

_STRUCTURE = re.compile(
    r"[\\`*_\[\]<>&|~$^#{}]|://|(?<=www)\.|(?<=\w)\.(?=[^\W\d_]{2})", re.IGNORECASE
)
"""What has a meaning, or makes a link of what looks like a domain in some viewers."""
_LINE_START = re.compile(r"^( *)([0-9]{1,9}(?=[.)])|(?=[-+=:]))")
"""The start of a list item, a rule, or a line that turns the one above into a heading."""
_SPACE = "&#32;"


def plain(text: str) -> str:
    """Return text as one line of Markdown that shows it, control characters made visible."""
    escaped = _STRUCTURE.sub(lambda match: re.sub(".", r"\\\g<0>", match[0]), visible(text))
    return _with_outer_spaces(_LINE_START.sub(r"\1\2\\", escaped))


def quoted(text: str) -> list[str]:
    """Return text as the lines of a block quote."""
    return ["> " + plain(line) for line in text.replace("\r\n", "\n").split("\n")]


def code(name: str) -> str:
    """Return a path as a code span, in which nothing else has a meaning."""
    shown = visible_name(name)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown[:1] in "` " or shown[-1:] in "` " else ""
    return fence + pad + shown + pad + fence


def _with_outer_spaces(line: str) -> str:
    """Escape spaces at both ends, which would make a code block or a line break, or be dropped."""
    middle = line.strip(" ")
    if not middle:
        return _SPACE * len(line)
    before = line.index(middle[0])
    after = len(line) - before - len(middle)
    return _SPACE * before + middle + _SPACE * after
