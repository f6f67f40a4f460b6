"""Questions changed so that their passage no longer answers them: hard unanswerable ones.

The kinds are those that people wrote for SQuAD 2.0 (Rajpurkar et al. 2018, table 2): antonym,
entity swap, number swap, negation.
"""

import random
import re
from collections.abc import Callable, Sequence

_ANTONYM_PAIRS = """
    first last|before after|earliest latest|largest smallest|most least|more fewer|higher lower
    highest lowest|north south|east west|northern southern|eastern western|increase decrease
    increased decreased|increases decreases|began ended|begin end|begins ends|started stopped
    start finish|won lost|win lose|oldest youngest|older younger|old new|early late|major minor
    maximum minimum|male female|men women|positive negative|strong weak|strongest weakest
    stronger weaker|better worse|best worst|long short|longest shortest|longer shorter|above below
    over under|up down|inside outside|internal external|upper lower|left right|rise fall|rose fell
    common rare|commonly rarely|always never|often seldom|similar different|same different
    support oppose|supported opposed|allow forbid|allowed banned|accepted rejected|accept reject
    approved refused|created destroyed|built demolished|opened closed|open closed|joined left
    gained lost|included excluded|include exclude|includes excludes|public private|rich poor
    high low|large small|big small|heavy light|hot cold|warm cool|fast slow|faster slower
    easy difficult|simple complex|modern ancient|majority minority|ally enemy|friend enemy
    success failure|successful failed|agreed disagreed|agree disagree|present absent|active inactive
    legal illegal|permanent temporary|directly indirectly|native foreign|urban rural|war peace
    attack defend|attacked defended|arrived departed|arrive depart|bought sold|buy sell
    gave took|sent received|send receive|father mother|son daughter|king queen|brother sister
    husband wife|liked disliked|likes dislikes|like dislike|good bad|happy unhappy|known unknown
    popular unpopular|able unable|likely unlikely|possible impossible|all none|many few|top bottom
    front back|rising falling|growing shrinking|expanded shrank|advantage disadvantage
    benefit drawback|cause prevent|caused prevented|causes prevents|remain leave|remained left
"""
ANTONYMS: dict[str, list[str]] = {}
"""Of each word."""
for _pair in re.split(r"[|\n]", _ANTONYM_PAIRS):
    if _pair.strip():
        _word, _antonym = _pair.split()
        ANTONYMS.setdefault(_word, []).append(_antonym)
        ANTONYMS.setdefault(_antonym, []).append(_word)
_AUXILIARY = re.compile(
    r"\b(is|was|are|were|did|does|do|can|could|has|have|had|will|would|should)\b(?!['’])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_WORD = re.compile(r"[A-Za-z]+")
_NAME = re.compile(r"\b[A-Z][\w'’-]*(?: (?:of |the |de |von |van )?[A-Z][\w'’-]*)*")

Perturbation = Callable[[str, str, Sequence[str], random.Random], str | None]
"""Question, context, accepted answers and chance to the question changed; None: not possible."""


def unanswerable(
    question: str, context: str, answers: Sequence[str], chance: random.Random
) -> str | None:
    """Change a question so that its context no longer answers it; None: no kind applies."""
    kinds: list[Perturbation] = [
        swap_name, swap_antonym, swap_number, swap_name, swap_antonym
    ]  # fmt: skip
    chance.shuffle(kinds)
    if chance.random() < 0.15:
        kinds.insert(0, negate)
    changed = (kind(question, context, answers, chance) for kind in kinds)
    return next((question for question in changed if question is not None), None)


def swap_antonym(
    question: str, _: str, answers: Sequence[str], chance: random.Random
) -> str | None:
    """Replace a word by its opposite."""
    found = [
        (word, antonym)
        for word in _WORD.finditer(question)
        for antonym in ANTONYMS.get(word.group().lower(), [])
        if not _gives_away(antonym, answers)
    ]
    if not found:
        return None
    word, antonym = chance.choice(found)
    capital = word.group()[0].isupper()
    return _replace(question, word, antonym.capitalize() if capital else antonym)


def swap_number(
    question: str, context: str, answers: Sequence[str], chance: random.Random
) -> str | None:
    """Replace a number of the context by another of its length, or by one near it."""
    found = [match for match in _NUMBER.finditer(question) if match.group() in context]
    if not found:
        return None
    number = chance.choice(found)
    of_context = [
        other.group()
        for other in _NUMBER.finditer(context)
        if len(other.group()) == len(number.group()) and other.group() not in question
    ]
    value = int(number.group().replace(",", "").replace(".", ""))
    near = str(abs(value + chance.choice((-1, 1)) * chance.randint(1, 25)))
    others = [
        other
        for other in (*of_context, near)
        if other != number.group() and not _gives_away(other, answers)
    ]
    return _replace(question, number, chance.choice(others)) if others else None


def swap_name(
    question: str, context: str, answers: Sequence[str], chance: random.Random
) -> str | None:
    """Replace a name of the context by another."""
    found = [match for match in _NAME.finditer(question, 1) if match.group() in context]
    if not found:
        return None
    name = chance.choice(found)
    lower = question.lower()
    others = [
        other.group()
        for other in _NAME.finditer(context)
        if other.group().lower() not in lower
        and other.group().split()[0].lower() not in lower
        and not _gives_away(other.group(), answers)
        and not _begins_sentence(context, other.start())
        and len(other.group().split()) <= len(name.group().split()) + 1
    ]
    return _replace(question, name, chance.choice(others)) if others else None


def negate(question: str, _: str, __: Sequence[str], ___: random.Random) -> str | None:
    """Negate the first auxiliary."""
    found = _AUXILIARY.search(question)
    if found is None:
        return None
    auxiliary: str = found.group().lower()
    negated = {"can": "can't", "will": "won't"}.get(auxiliary, f"{auxiliary}n't")
    return _replace(
        question, found, negated.capitalize() if found.group()[0].isupper() else negated
    )


def _replace(question: str, found: "re.Match[str]", by: str) -> str:
    return question[: found.start()] + by + question[found.end() :]


def _gives_away(words: str, answers: Sequence[str]) -> bool:
    """Whether some of the words that would go into a question are in an answer."""
    known = {word.lower() for answer in answers for word in re.findall(r"\w+", answer)}
    return any(word.lower() in known for word in re.findall(r"\w+", words))


def _begins_sentence(context: str, start: int) -> bool:
    before = context[:start].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:"
