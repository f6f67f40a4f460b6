"""Questions as nobody would ask them: random ones, and bombs."""

import random
from collections.abc import Callable

from qa.answers import MAX_QUESTION_LENGTH

WORDS = (
    "who what when where why how is the port closed mill sold May ship left article of and not "
    "Rogozin Prague treaty naïve Gruyère İstanbul ﬁnance 東京 Ελλάδα مرحبا"
).split()
OPERATORS = (
    "AND", "OR", "NOT", "NEAR/3", "text:", "title:port", "*", "por*", "~2", "^3", "+port", "-port",
    "(", ")", "((((", "[a TO z]", "{a TO z}", "IN [a b]", '"', '"port', "'", "\\", "\\\"",
    "/por.*/", "passage:0", "article:>1", ":", "::", "&&", "||", "!", "?", "$", "%s", "%n", "{0}",
    "<", ">", "=", "`", "#", "@", "id:*", "*:*", "\"port mill\"~3", "port^", "()", "[]", "text:()",
)  # fmt: skip
SIGNS = (
    "😀", "👩\u200d👧", "🇵🇦", "\u202e", "\u200b", "\ufeff", "\x00", "\x07", "\x1b[31m", "\x9b",
    "\x7f", "\ud800", "\udfff", "\udcff\udc80", "\ud83d", "\u2028", "\x85", "\t", "\n", "\r\n",
    "\u0301" * 40, "\U0010ffff", "\ufffe", "ẞ", "ǰ", "ŉ", "\u0345", "\U000e0041", "ﷺ",
)  # fmt: skip
STOP = "a about after all also an and any are as at be been before being but by can could".split()


def question(chance: random.Random) -> str:
    """Return a random question."""
    return chance.choice(_KINDS)(chance)


def bombs() -> list[str]:
    """Return endless, nested and repeated questions, which need bounded work."""
    units = ("a", "a ", "é ", "😀", '"', "( ", "why ", "he ", "A.", "port* ", "\ud800", "\u0301",
             "\0", "the the ", "and what about ", "1,", "U.S. ", "of Mr. ", "-", "’s ")  # fmt: skip
    at_limit = [(unit * MAX_QUESTION_LENGTH)[:MAX_QUESTION_LENGTH] for unit in units]
    distinct = " ".join(f"w{number}" for number in range(MAX_QUESTION_LENGTH))[:MAX_QUESTION_LENGTH]
    endless = [unit * (1_000_000 // len(unit)) for unit in units]
    return [*at_limit, distinct, *endless, "", " ", "\n\n", "\x00", "\u3000"]


def _words(chance: random.Random) -> str:
    parts = [chance.choice((*WORDS, *OPERATORS, *SIGNS)) for _ in range(chance.randint(1, 12))]
    return chance.choice((" ", " ", "", "  ")).join(parts)


def _characters(chance: random.Random) -> str:
    tops = (0x7F, 0x2FF, 0xFFFF, 0x10FFFF)
    return "".join(
        chr(chance.randint(0, chance.choice(tops))) for _ in range(chance.randint(0, 40))
    )


def _plain(chance: random.Random) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(chance.randint(1, 9))) + "?"


def _stop_words(chance: random.Random) -> str:
    return " ".join(chance.choice(STOP) for _ in range(chance.randint(1, 9)))


def _repeated(chance: random.Random) -> str:
    unit = chance.choice((*WORDS, *OPERATORS, *SIGNS))
    return unit * chance.choice((2, 30, 300))


def _quoted(chance: random.Random) -> str:
    inner = _words(chance)
    return f'{chance.choice(OPERATORS)}"{inner}"{chance.choice(OPERATORS)}{chance.choice(SIGNS)}'


_KINDS: tuple[Callable[[random.Random], str], ...] = (
    _words, _words, _characters, _plain, _stop_words, _repeated, _quoted
)  # fmt: skip
