"""How a reply is put into words, in the terminal, the chat and what is exported."""

from datetime import date

from qa.answers import Citation, Reason, Status

REASONS = {
    Reason.NO_PASSAGES: "nothing in them has to do with the question",
    Reason.NO_SPAN: "no sentence in them could answer it",
    Reason.UNSURE: "the nearest that they have is too unlikely to be the answer",
    Reason.INDEX_STALE: "what would answer has changed since it was indexed; run `byline index`",
}
STATUSES = {
    Status.UNCHANGED: "",
    Status.MOVED: "moved since it was indexed",
    Status.CHANGED: "changed since it was indexed: not quoted",
    Status.GONE: "gone since it was indexed",
}
_LIKELINESS = ((0.9, "very likely"), (0.7, "likely"), (0.45, "perhaps"), (0.2, "unsure"))
"""Least confidence for each word."""


def likeliness(confidence: float) -> str:
    """Put a probability into words."""
    return next((word for least, word in _LIKELINESS if confidence >= least), "unlikely")


def day(when: date) -> str:
    """Give a date as people write it: `3 May 2011`."""
    return f"{when:%d %B %Y}".lstrip("0")


def about(citation: Citation) -> str:
    """Give the title and date of a citation's article, as far as they are known."""
    return ", ".join([citation.title] * bool(citation.title) + [day(one) for one in citation.dates])
