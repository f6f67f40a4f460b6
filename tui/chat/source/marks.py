"""Where the words of a citation stand in its article as it is now."""

from dataclasses import dataclass

from index.articles.text import Place
from qa.answers import Citation, Quote, Status
from tui.chat.source.find import find_bytes
from tui.chat.source.paged_text import SourceText


@dataclass(frozen=True, slots=True)
class ByteSpan:
    """Bytes of an article."""

    start: int
    end: int
    """The byte behind it."""


NOWHERE = ByteSpan(0, 0)


@dataclass(frozen=True, slots=True)
class Marks:
    """Where to look, and what to mark there."""

    status: Status
    place: Place
    """Of the answer; where it stood, if it does so no more."""
    at: int
    """The byte of that place."""
    sentence: ByteSpan = NOWHERE
    answer: ByteSpan = NOWHERE


def find_marks(text: SourceText, citation: Citation) -> Marks:
    """Find the words of a citation in a text that is scanned up to where they stood.

    They may have moved since the question was answered; then all of it is scanned and searched.
    """
    stood = _where_it_stood(text, citation.sentence)
    if text.decode(stood.start, stood.end) != citation.sentence.text:
        for _ in text.scan():
            pass
        # Now the encoding is settled.
        stood = _where_it_stood(text, citation.sentence)
    if text.decode(stood.start, stood.end) == citation.sentence.text:
        status = citation.status if citation.is_current else Status.UNCHANGED
        return _marked(text, citation, stood, status)
    try:
        wanted = text.encode(citation.sentence.text)
    except UnicodeEncodeError:
        wanted = b""
    places = list(find_bytes(text, wanted))
    if places:
        start = min(places, key=lambda at: abs(at - stood.start))
        return _marked(text, citation, ByteSpan(start, start + len(wanted)), Status.MOVED)
    place = Place(citation.answer.line, citation.answer.column)
    return Marks(Status.CHANGED, place, text.start_of(place.line))


def _where_it_stood(text: SourceText, quote: Quote) -> ByteSpan:
    return ByteSpan(
        text.byte_of(Place(quote.line, quote.column)),
        text.byte_of(Place(quote.end_line, quote.end_column + 1)),
    )


def _marked(text: SourceText, citation: Citation, sentence: ByteSpan, status: Status) -> Marks:
    before, answer, _ = citation.parts
    start = sentence.start + text.width(before)
    span = ByteSpan(start, start + text.width(answer))
    return Marks(status, text.place_of(start), start, sentence, span)
