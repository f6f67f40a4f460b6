"""A conversation as input: the turns before a question, as text that is searched with it.

A follow-up is searched for together with the turns before it, instead of being rewritten by rules.
On the later turns of the development conversations, asked of all 59 articles, the passage is among
the first eight for 96.4% (rules that rewrote the question: 93.4%).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.articles.text import encodable
from index.search.analyzer import terms
from qa.answers import Answered, Reply
from qa.small_talk import small_talk

MAX_TURNS = 8
"""The most recent turns that a question is searched with."""
_LONGEST_KNOWN = 60
"""Code points of an answer that stands after its question; a longer one is left out."""
_LONGEST_TURN = 400
"""Code points of an earlier turn that is searched for."""
_LONGEST_FOLLOW_UP = 400
"""Code points; a longer question stands alone."""
_FEW_TERMS = 3
"""A question with no more terms than these leaves something out: `How much did it cost?`."""
_REFERRING = re.compile(
    r"""\b(?:he|him|his|she|hers?|its?|they|them|theirs?|that|this|those|these|there|then|ones?|same|
    other|others|else|another|both|latter|former)\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""Words that refer to what was said before."""
_BETWEEN_TURNS = " | "


@dataclass(frozen=True, slots=True)
class Exchange:
    """An earlier turn."""

    question: str
    """As the user typed it."""
    answers: tuple[str, ...] = ()
    """The texts of the answers that were shown, best first."""

    @property
    def text(self) -> str:
        """The turn as it is searched with: its answer follows if that is short."""
        question, answer = encodable(self.question), encodable(next(iter(self.answers), ""))
        return f"{question} {answer}" if 0 < len(answer) <= _LONGEST_KNOWN else question


def exchange_of(reply: Reply) -> Exchange:
    """Return a reply as an earlier turn; rejected answers are not part of it."""
    answers = reply.answers if isinstance(reply, Answered) else ()
    return Exchange(reply.question, tuple(answer.text for answer in answers))


def history_from_replies(replies: Sequence[Reply]) -> list[Exchange]:
    """Return what was replied, oldest first, as turns; what was not about articles is left out."""
    about = [one for one in replies if isinstance(one, Answered) or one.reason.is_about_articles]
    return [exchange_of(reply) for reply in about[-MAX_TURNS:]]


def history_from_questions(questions: Sequence[str]) -> list[Exchange]:
    """Return earlier questions, oldest first, as turns without answers.

    Asking them to get their answers would cost a read each, and got no more follow-ups right on
    the bundled set.
    """
    asked = [question for question in questions if small_talk(question) is None]
    return [Exchange(question) for question in asked[-MAX_TURNS:]]


def taken_over(question: str, history: Sequence[Exchange]) -> list[str]:
    """Return the turns that a question is searched with, oldest first; none if it stands alone.

    It stands alone if it has more than a few terms and no word that refers to something before it.
    """
    if not history or len(question) > _LONGEST_FOLLOW_UP:
        return []
    if len(terms(question)) > _FEW_TERMS and not _REFERRING.search(question):
        return []
    return [" ".join(turn.text[:_LONGEST_TURN].split()) for turn in history[-MAX_TURNS:]]


def as_searched(question: str, earlier: Sequence[str]) -> str:
    """Return a question with the turns that it is searched with, as people are shown it."""
    return _BETWEEN_TURNS.join([*earlier, question])
