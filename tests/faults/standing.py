"""Does what is cited stand where it is said to? Judged by the lines of the file alone."""

from collections.abc import Sequence

from qa.answers import Quote


def cut(lines: Sequence[str], quote: Quote) -> str:
    """Cut a quote out of lines that begin with its first, by counting code points."""
    wanted = list(lines[: quote.end_line - quote.line + 1])
    wanted[-1] = wanted[-1][: quote.end_column]
    wanted[0] = wanted[0][quote.column - 1 :]
    return "\n".join(wanted)


def stands(quote: Quote, data: bytes) -> bool:
    """Tell whether a file of these bytes, in UTF-8, has a quote at its very place."""
    lines = [line.decode(errors="replace") for line in data.split(b"\n")]
    if not 1 <= quote.line <= quote.end_line <= len(lines):
        return False
    return cut(lines[quote.line - 1 :], quote) == quote.text
