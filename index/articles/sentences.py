"""Split a paragraph into sentences, and cut sentences that are too long."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from sentencex import get_sentence_boundaries

from index.articles.spans import Span

_LANGUAGE = "en"
_WINDOW = 16 * 1024
"""Code points of prose that are segmented at once."""
_NO_PROSE = 1024
"""Code points of anything else that are segmented at once; the window of prose may be longer."""
_MARKS = "\"'`“”„‘’‚‛«»‹›「」『』《》〈〉()[]{}.!?…"
_WIDE_STOPS = "。！？．।"
_TOO_MANY = ((_MARKS, 8), (_WIDE_STOPS, 64))
"""Marks that the segmenter takes time quadratic in. A window is not prose if more than one in this
many of its code points is such a mark."""
_FRAGMENT = 12
"""Code points; a long window is not prose either if its sentences are shorter on average."""
_NEVER_LAST = frozenset(
    """approx vol vols Vol Vols chap Chap fig figs Fig Figs incl viz Mon Tue Tues Wed Weds Thu Thur
    Thurs Fri Ms Mx Cllr Pte Ven Revd Ald Bro Sis Ft Mmes
    Mgr Gov""".split()
)
"""Abbreviations that the segmenter does not know, and that hardly end a sentence."""
_SELDOM_LAST = frozenset(
    "Sat Sun ch Ch eq eqs para paras est ed eds tel Tel max min temp deg ser bk Bk inst ult".split()
)
"""Those that end a sentence if a word with a capital follows, though not one letter alone."""
_DAYS = frozenset("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
_ONE_SENTENCE = re.compile(r"[\w ,;:'’\"()\[\]{}<>/|\\=+*&%$£€#@~^\t\n\r-]*[.!?…]?")
"""What the segmenter need not see: words without a stop before their end."""
_SHORT_WORD_AND_STOP = re.compile(r"\b(\w{1,6}(?:\.m)?)\.(?=\s+(\w+)|[–—-])")
_OLD_MONEY = re.compile(r"\d+[sd]")
_STOPS = ".!?…"
_STOP_AND_WORD = re.compile(r"[.!?…](?=[\"'”’»)\]]*\s+([^\W\d_]+))")
_OPENING = '“«"'
_UNCLOSED = re.compile(
    r"""“(?=[^“”]*(?:“|\Z))|«(?=[^«»]*(?:«|\Z))|(?<!\S)"(?=[^"]*(?:(?<=\s)"(?=\S)|\Z))"""
)
"""An opening quotation mark with another one, or nothing, where its closing one should be: each
paragraph of a long quotation opens it again."""
_LONGEST_WORD = 200
"""Code points on either side of a span's middle that are searched for white space."""
_SPACE = re.compile(r"\s")


def sentences(text: str, paragraph: Span) -> Iterator[Span]:
    """Yield the sentences of a paragraph, without white space at their ends."""
    if len(paragraph) < _NO_PROSE and _ONE_SENTENCE.fullmatch(text, paragraph.start, paragraph.end):
        if len(sentence := paragraph.trimmed(text)):
            yield sentence
        return
    start = paragraph.start
    while start < paragraph.end:
        window = _window(text, Span(start, min(start + _WINDOW, paragraph.end)))
        found = _segment(text, window)
        if window.end < paragraph.end and len(found) > 1:
            found.pop()  # the window may have cut it
        for span in found:
            if len(sentence := span.trimmed(text)):
                yield sentence
        start = found[-1].end


def _window(text: str, window: Span) -> Span:
    """Shorten a window that the segmenter would take too long over."""
    if len(window) <= _NO_PROSE:
        return window
    for marks, share in _TOO_MANY:
        if share * sum(text.count(mark, window.start, window.end) for mark in marks) > len(window):
            return Span(window.start, window.start + _NO_PROSE)
    return window


def _segment(text: str, window: Span) -> list[Span]:
    """Return the segmenter's sentences, or the complete window if they are mere fragments."""
    flat = _prepared(window.of(text))
    found = get_sentence_boundaries(_LANGUAGE, flat)
    if len(flat) >= _NO_PROSE and len(found) * _FRAGMENT > len(flat):
        return [window]
    return [Span(one["start_index"], one["end_index"]).shifted(window.start) for one in found]


def _prepared(text: str) -> str:
    """Replace what would mislead the segmenter, one code point for one, which keeps every offset.

    It ends sentences at line breaks, and at full stops that end none; it ends none inside a
    quotation, even one that is never closed.
    """
    flat = text.replace("\n", " ").replace("\r", " ")
    if len(flat) >= _NO_PROSE and _FRAGMENT * sum(map(flat.count, _STOPS)) > len(flat):
        return flat
    if "." in flat[:-1]:
        flat = _SHORT_WORD_AND_STOP.sub(_without_inner_stop, flat)
    flat = _without_stops_before_lower_case(flat)
    return _UNCLOSED.sub("*", flat) if any(mark in flat for mark in _OPENING) else flat


def _without_inner_stop(found: re.Match[str]) -> str:
    """Replace the full stop after a short word if it ends no sentence."""
    return f"{found[1]}," if _is_inner(found[1], found[2], found.start()) else found[0]


def _is_inner(word: str, following: str | None, start: int) -> bool:
    """Return whether a full stop after a word ends no sentence; a dash may follow it at once."""
    if following is None:
        return word.isdigit()  # 500.–
    if word in _NEVER_LAST:
        return True
    if word in _SELDOM_LAST:
        return not following[0].isupper() or len(following) == 1
    if word.endswith(".m"):  # 5 p.m. Monday, 5 p.m. EST
        return following in _DAYS or (following.isupper() and 1 < len(following) < 5)
    if word.isdigit():  # the number of a list item
        return start == 0 and len(word) <= 3
    return following[0].isdigit() and _OLD_MONEY.fullmatch(word) is not None


def _without_stops_before_lower_case(text: str) -> str:
    """Replace marks before a lower-case word, unless most sentences begin with one."""
    words = [(found.start(), found[1]) for found in _STOP_AND_WORD.finditer(text)]
    stops = [start for start, word in words if word.islower()]
    if not stops:
        return text
    first = next(filter(str.isalpha, text), "")
    if 2 * (len(stops) + first.islower()) > len(words) + 1:
        return text
    parts = [text[before + 1 : after] for before, after in pairwise([-1, *stops, len(text)])]
    return ",".join(parts)


def cut(text: str, span: Span, fits: Callable[[str], bool]) -> list[Span]:
    """Halve a span, at white space near its middle if there is any, until all pieces fit."""
    if len(span) <= 1 or fits(span.of(text)):
        return [span]
    first, second = _halves(text, span)
    return cut(text, first, fits) + cut(text, second, fits)


def _halves(text: str, span: Span) -> tuple[Span, Span]:
    middle = (span.start + span.end) // 2
    reach = min(len(span) // 2, _LONGEST_WORD)
    if not _SPACE.search(text, middle - reach, middle + reach):
        return Span(span.start, middle), Span(middle, span.end)
    for distance in range(reach):
        for at in (middle + distance, middle - distance):
            if text[at].isspace():
                first = Span(span.start, at).trimmed(text)
                second = Span(at, span.end).trimmed(text)
                if len(first) and len(second):
                    return first, second
    return Span(span.start, middle), Span(middle, span.end)
