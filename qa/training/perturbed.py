"""Questions turned so that their passage answers them no longer: hard unanswerable ones.

The kinds are those that people wrote for SQuAD 2.0 (Rajpurkar et al. 2018, table 2): antonym,
entity swap, number swap, negation.
"""

import random
import re
from collections.abc import Callable, Sequence

_ANTONYMS = """
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
_PAIRS = [tuple(pair.split()) for pair in re.split(r"[|\n]", _ANTONYMS) if pair.strip()]
_OPPOSITES: dict[str, list[str]] = {}
for _one, _other in _PAIRS:
    _OPPOSITES.setdefault(_one, []).append(_other)
    _OPPOSITES.setdefault(_other, []).append(_one)
_AUXILIARY = re.compile(
    r"\b(is|was|are|were|did|does|do|can|could|has|have|had|will|would|should)\b(?!['’])",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\b\d[\d,.]*\d\b|\b\d\b")
_WORD = re.compile(r"[A-Za-z]+")
_NAME = re.compile(r"\b[A-Z][\w'’-]*(?: (?:of |the |de |von |van )?[A-Z][\w'’-]*)*")

Swap = Callable[[str, str, Sequence[str], random.Random], str]
"""Question, context, accepted answers, chance: the question turned, or nothing."""


def unanswerable(question: str, context: str, answers: Sequence[str], chance: random.Random) -> str:
    """Turn a question so that its context answers it no longer; empty where no kind applies."""
    kinds: list[Swap] = [_other_name, _opposite, _other_number, _other_name, _opposite]
    chance.shuffle(kinds)
    if chance.random() < 0.15:
        kinds.insert(0, _negated)
    turned = (kind(question, context, answers, chance) for kind in kinds)
    return next((one for one in turned if one), "")


def _opposite(question: str, _: str, answers: Sequence[str], chance: random.Random) -> str:
    found = [
        (one, other)
        for one in _WORD.finditer(question)
        for other in _OPPOSITES.get(one.group().lower(), [])
        if not _gives_away(other, answers)
    ]
    if not found:
        return ""
    one, other = chance.choice(found)
    return _replaced(question, one, other.capitalize() if one.group()[0].isupper() else other)


def _other_number(
    question: str, context: str, answers: Sequence[str], chance: random.Random
) -> str:
    found = [one for one in _NUMBER.finditer(question) if one.group() in context]
    if not found:
        return ""
    one = chance.choice(found)
    there = [
        other.group()
        for other in _NUMBER.finditer(context)
        if len(other.group()) == len(one.group()) and other.group() not in question
    ]
    digits = int(one.group().replace(",", "").replace(".", ""))
    near = str(abs(digits + chance.choice((-1, 1)) * chance.randint(1, 25)))
    others = [
        other
        for other in (*there, near)
        if other != one.group() and not _gives_away(other, answers)
    ]
    return _replaced(question, one, chance.choice(others)) if others else ""


def _other_name(question: str, context: str, answers: Sequence[str], chance: random.Random) -> str:
    found = [one for one in _NAME.finditer(question, 1) if one.group() in context]
    if not found:
        return ""
    one = chance.choice(found)
    asked = question.lower()
    others = [
        other.group()
        for other in _NAME.finditer(context)
        if other.group().lower() not in asked
        and other.group().split()[0].lower() not in asked
        and not _gives_away(other.group(), answers)
        and not _begins_sentence(context, other.start())
        and len(other.group().split()) <= len(one.group().split()) + 1
    ]
    return _replaced(question, one, chance.choice(others)) if others else ""


def _replaced(question: str, found: "re.Match[str]", by: str) -> str:
    return question[: found.start()] + by + question[found.end() :]


def _gives_away(words: str, answers: Sequence[str]) -> bool:
    """Tell whether words that would go into a question are some of its answer's."""
    said = {word.lower() for answer in answers for word in re.findall(r"\w+", answer)}
    return any(word.lower() in said for word in re.findall(r"\w+", words))


def _begins_sentence(context: str, start: int) -> bool:
    before = context[:start].rstrip(" \"'“‘(")
    return not before or before[-1] in ".!?:"


def _negated(question: str, _: str, __: Sequence[str], ___: random.Random) -> str:
    found = _AUXILIARY.search(question)
    if found is None:
        return ""
    auxiliary: str = found.group().lower()
    negated = {"can": "can't", "will": "won't"}.get(auxiliary, f"{auxiliary}n't")
    if found.group()[0].isupper():
        negated = negated.capitalize()
    return question[: found.start()] + negated + question[found.end() :]
