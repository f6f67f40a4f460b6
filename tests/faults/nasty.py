"""Articles as nobody would write them, but as they lie about."""

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
    """An article's bytes and how they are to be read."""

    data: bytes
    codec: str
    words: tuple[str, ...]
    """Some that stand in it."""

    def text(self, lines: bytes) -> str:
        """Read some of its bytes; a byte order mark is no part of the text."""
        return lines.removeprefix(codecs.BOM_UTF8).decode(self.codec, errors="replace")


def article(number: int, source: random.Random) -> Nasty:
    """Make an article; every third one is Windows-1252, every fourth of the others has a mark."""
    narrow = number % 3 == 0
    gaps = GAPS if narrow else GAPS + WIDE_GAPS
    words = WORDS if narrow else [*WORDS, *WIDE]
    parts = [
        _paragraph(source, words, gaps, number)
        if source.random() < 0.8
        else source.choice(BOILERPLATE)
        for _ in range(source.randint(1, 7))
    ]
    text = "".join(part + source.choice(ENDS) for part in parts)
    if source.random() < 0.3:
        text = text.rstrip()
    if narrow:
        # The curly quotes are lone high bytes there, which no UTF-8 has.
        return Nasty(f"{text} “Odd”, he said.".encode("windows-1252", "replace"), "windows-1252",
                     _some(text, source))  # fmt: skip
    mark = codecs.BOM_UTF8 if number % 4 == 1 else b""
    return Nasty(mark + text.encode(), "utf-8", _some(text, source))


def _paragraph(source: random.Random, words: list[str], gaps: tuple[str, ...], number: int) -> str:
    sentences = [_sentence(source, words, gaps, number) for _ in range(source.randint(1, 6))]
    text = source.choice((" ", "  ", "\t")).join(sentences)
    if source.random() < 0.3:
        text = _wrapped(text, source.choice((40, 64, 72)), source.choice(("\n", "\r\n")))
    return text if source.random() < 0.9 else text * 30


def _sentence(source: random.Random, words: list[str], gaps: tuple[str, ...], number: int) -> str:
    chosen = [source.choice(words) + source.choice(MARKS) for _ in range(source.randint(2, 14))]
    chosen[0] = chosen[0].capitalize()
    body = "".join(word + source.choice(gaps) for word in chosen)
    return f"{body}in {number} days{source.choice('.!?')}"


def _wrapped(text: str, width: int, end: str) -> str:
    lines = [""]
    for word in text.split(" "):
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return end.join(lines)


def _some(text: str, source: random.Random) -> tuple[str, ...]:
    standing = [word for word in WORDS if word in text]
    return tuple(source.sample(standing, min(3, len(standing))))
