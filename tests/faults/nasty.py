"""Articles as nobody would write them, but as they are found."""

import codecs
import random
from dataclasses import dataclass

WORDS = (
    "Panama treaty signed port harbour envoy minister rocket radar canal Prague Warsaw budget "
    "storm council vote breakwater café naïve Gruyère Ångström señor piñata coöperate"
).split()
MARKS = ("", "", "", ",", ";", " –", "’s", "…", " —")
GAPS = (" ", " ", " ", " ", " ", "  ", "\t", "\xa0")
WIDE_GAPS = ("\u2028", "\x85", "\x0b", "\x0c", "\x1c", "\u2029", "\r", "\ufeff", "\u200b")
WIDE = ("e\u0301te\u0301", "😀", "👩\u200d👧", "東京", "İstanbul", "ﬁnance", "\u202etxt", "🇵🇦")
ENDS = ("\n", "\n", "\n\n", "\r\n", "\r\n\r\n", "\n\n\n\n", " \n")
BOILERPLATE = (
    "Advertisement", "Share this article", "Follow us on Twitter", "© 2011 The Daily", "Tags: port",
    "Read more: The port", "(Reuters)", "Click here to subscribe", "# Heading", "* * *",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Nasty:
    """An article's bytes and their encoding."""

    data: bytes
    codec: str
    words: tuple[str, ...]
    """Some of its words."""

    def text(self, lines: bytes) -> str:
        """Decode some of its bytes, without a byte order mark."""
        return lines.removeprefix(codecs.BOM_UTF8).decode(self.codec, errors="replace")


def article(number: int, chance: random.Random) -> Nasty:
    """Return an article: every third is Windows-1252, every fourth of the others has a BOM."""
    narrow = number % 3 == 0
    gaps = GAPS if narrow else GAPS + WIDE_GAPS
    words = WORDS if narrow else [*WORDS, *WIDE]
    parts = [
        _paragraph(chance, words, gaps, number)
        if chance.random() < 0.8
        else chance.choice(BOILERPLATE)
        for _ in range(chance.randint(1, 7))
    ]
    text = "".join(part + chance.choice(ENDS) for part in parts)
    if chance.random() < 0.3:
        text = text.rstrip()
    if narrow:
        # The curly quotes are single high bytes there, which is not UTF-8.
        return Nasty(f"{text} “Odd”, he said.".encode("windows-1252", "replace"), "windows-1252",
                     _some(text, chance))  # fmt: skip
    mark = codecs.BOM_UTF8 if number % 4 == 1 else b""
    return Nasty(mark + text.encode(), "utf-8", _some(text, chance))


def _paragraph(chance: random.Random, words: list[str], gaps: tuple[str, ...], number: int) -> str:
    sentences = [_sentence(chance, words, gaps, number) for _ in range(chance.randint(1, 6))]
    text = chance.choice((" ", "  ", "\t")).join(sentences)
    if chance.random() < 0.3:
        text = _wrapped(text, chance.choice((40, 64, 72)), chance.choice(("\n", "\r\n")))
    return text if chance.random() < 0.9 else text * 30


def _sentence(chance: random.Random, words: list[str], gaps: tuple[str, ...], number: int) -> str:
    chosen = [chance.choice(words) + chance.choice(MARKS) for _ in range(chance.randint(2, 14))]
    chosen[0] = chosen[0].capitalize()
    body = "".join(word + chance.choice(gaps) for word in chosen)
    return f"{body}in {number} days{chance.choice('.!?')}"


def _wrapped(text: str, width: int, end: str) -> str:
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return end.join(lines)


def _some(text: str, chance: random.Random) -> tuple[str, ...]:
    found = [word for word in WORDS if word in text]
    return tuple(chance.sample(found, min(3, len(found))))
