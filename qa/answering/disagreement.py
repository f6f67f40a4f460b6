"""Whether two answers contradict each other: two articles say the same but for a fact."""

from difflib import SequenceMatcher
from itertools import product

from qa.answers import Answer, Citation
from qa.retrieval.facts import differ_in_facts, missing_facts

_MIN_RATIO = 0.6
"""Share of the words around the answers that both sentences must have."""
_MIN_WORDS = 2
"""Around an answer."""


def disagree(first: Answer, second: Answer) -> bool:
    """Return whether sentences of different files are alike but for a fact in the answers."""
    return any(_contradict(*pair) for pair in product(first.citations, second.citations))


def _contradict(first: Citation, second: Citation) -> bool:
    mine, theirs = first.answer.text, second.answer.text
    if first.file == second.file or not (
        missing_facts(mine, theirs) and missing_facts(theirs, mine)
    ):
        return False
    if first.answer_meaning and first.answer_meaning == second.answer_meaning:
        return False  # `Tuesday` and `yesterday` are the same day
    one, other = _around(first), _around(second)
    if min(len(one), len(other)) < _MIN_WORDS or differ_in_facts(" ".join(one), " ".join(other)):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= _MIN_RATIO


def _around(citation: Citation) -> list[str]:
    before, _, after = citation.parts
    return f"{before} {after}".split()
