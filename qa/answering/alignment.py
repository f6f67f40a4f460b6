"""Find an answer and its sentence in a near-duplicate passage."""

from difflib import SequenceMatcher

from index.articles.passages import Passage
from index.articles.spans import Span

_MIN_RATIO = 0.75
"""Share of two sentences' characters that must match for one to correspond to the other."""


def counterpart(
    passage: Passage, answer: Span, sentence: Span, duplicate: Passage
) -> tuple[Span, Span] | None:
    """Return the answer and its sentence in a near-duplicate, or None if it does not have them.

    An answer that is a complete sentence corresponds to a complete sentence, which may be worded
    differently. A shorter answer must match letter for letter, except for line breaks.
    """
    wanted = _unwrapped(sentence.of(passage.text))
    matchers = [
        (other, SequenceMatcher(None, wanted, _unwrapped(other.of(duplicate.text)), autojunk=False))
        for other in duplicate.sentences
    ]
    similar = [pair for pair in matchers if _is_similar(pair[1])]
    if not similar:
        return None
    other, matcher = max(similar, key=lambda pair: pair[1].ratio())
    if answer == sentence:
        return other, other
    inner = answer.shifted(-sentence.start)
    for block in matcher.get_matching_blocks():
        if block.a <= inner.start and inner.end <= block.a + block.size:
            return inner.shifted(other.start + block.b - block.a), other
    return None


def _is_similar(matcher: "SequenceMatcher[str]") -> bool:
    # The quick ratios are upper bounds: most sentences are rejected without the slow one.
    bounds = (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio)
    return all(bound() >= _MIN_RATIO for bound in bounds)


def _unwrapped(sentence: str) -> str:
    """Replace each white space character by a space, so that offsets hold across line breaks."""
    return "".join(" " if char.isspace() else char for char in sentence)
