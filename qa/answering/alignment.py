"""A sentence and an answer in it, as a near-duplicate passage has them."""

from difflib import SequenceMatcher

from index.articles.passages import Passage
from index.articles.spans import Span

_ALIKE = 0.75
"""Share of two sentences' characters that match, at least, for one to stand for the other."""


def counterpart(
    here: Passage, answer: Span, sentence: Span, there: Passage
) -> list[tuple[Span, Span]]:
    """Give the answer and its sentence in another passage, if the passage has them.

    An answer that is the whole sentence is the whole one there too, in that passage's own words;
    a part of a sentence must stand there letter for letter, save for where lines break.
    """
    wanted = _unwrapped(sentence.of(here.text))
    matchers = [
        (other, SequenceMatcher(None, wanted, _unwrapped(other.of(there.text)), autojunk=False))
        for other in there.sentences
    ]
    alike = [(matcher.ratio(), other, matcher) for other, matcher in matchers if _is_alike(matcher)]
    if not alike:
        return []
    _, other, matcher = max(alike, key=lambda item: item[0])
    if answer == sentence:
        return [(other, other)]
    inner = answer.shifted(-sentence.start)
    for block in matcher.get_matching_blocks():
        if block.a <= inner.start and inner.end <= block.a + block.size:
            return [(inner.shifted(other.start + block.b - block.a), other)]
    return []


def _is_alike(matcher: "SequenceMatcher[str]") -> bool:
    cheap_bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(bound() >= _ALIKE for bound in cheap_bounds)


def _unwrapped(sentence: str) -> str:
    """Make every white space the same, one for one, so that offsets hold across line breaks."""
    return "".join(" " if char.isspace() else char for char in sentence)
