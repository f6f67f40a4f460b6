"""Whether a quote is in a file at its position, judged by the file's lines alone."""

from collections.abc import Sequence

from qa.answers import Answer, Answered, Citation, Quote, Reply


def answers_of(reply: Reply) -> Sequence[Answer]:
    """Return the answers of a reply, or those that it rejected."""
    return reply.answers if isinstance(reply, Answered) else reply.rejected


def citations_of(reply: Reply) -> list[Citation]:
    """Return the citations of all answers of a reply, or of those that it rejected."""
    return [citation for answer in answers_of(reply) for citation in answer.citations]


def cut(lines: Sequence[str], quote: Quote) -> str:
    """Cut a quote out of lines that begin with its first, by counting code points."""
    wanted = list(lines[: quote.end_line - quote.line + 1])
    wanted[-1] = wanted[-1][: quote.end_column]
    wanted[0] = wanted[0][quote.column - 1 :]
    return "\n".join(wanted)


def is_at_its_position(quote: Quote, data: bytes) -> bool:
    """Whether a file with these bytes, in UTF-8, has a quote at its exact position."""
    lines = [line.decode(errors="replace") for line in data.split(b"\n")]
    if not 1 <= quote.line <= quote.end_line <= len(lines):
        return False
    return cut(lines[quote.line - 1 :], quote) == quote.text
