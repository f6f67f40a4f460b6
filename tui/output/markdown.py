"""Text of strangers inside Markdown: shown as the letters that it is, never taken for structure."""

import re

from tui.output.sanitise import visible, visible_name

_STRUCTURE = re.compile(r"[\\`*_\[\]<>&|~$^#{}]|://|(?<=www)\.", re.IGNORECASE)
_LINE_START = re.compile(r"^( *)([0-9]{1,9}(?=[.)])|(?=[-+=:]))")
"""What a list, a rule, or a line that makes the one above a heading can begin with."""
_SPACE = "&#32;"


def plain(text: str) -> str:
    """Give text as the Markdown of one line that shows it, control characters made visible."""
    escaped = _STRUCTURE.sub(_escaped, visible(text))
    return _with_outer_spaces(_LINE_START.sub(r"\1\2\\", escaped))


def quoted(text: str) -> list[str]:
    """Give text as the lines of a block quote, one for each of its own."""
    return ["> " + plain(line) for line in text.replace("\r\n", "\n").split("\n")]


def code(name: str) -> str:
    """Give a path as a code span, in which nothing else has a meaning."""
    shown = visible_name(name)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if shown[:1] in "` " or shown[-1:] in "` " else ""
    return fence + pad + shown + pad + fence


def _escaped(match: re.Match[str]) -> str:
    return "".join("\\" + char for char in match[0])


def _with_outer_spaces(line: str) -> str:
    """Keep spaces at its ends from making a code block or a line break, or from being dropped."""
    middle = line.strip(" ")
    if not middle:
        return _SPACE * len(line)
    before = line.index(middle[0])
    after = len(line) - before - len(middle)
    return _SPACE * before + middle + _SPACE * after
