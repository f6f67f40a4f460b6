"""Processor time to read a large file of every making: `python -m eval.bench.articles [NAME…]`."""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from index.articles.files import Contents, Signature
from index.articles.parse import read_article
from index.articles.passages import DEFAULT_SETTINGS, NoLimit
from index.articles.text import NotText

SIZE = 1 << 20
"""Bytes of a file."""
PROSE = "The port is closed. Nobody has the money to dig it out, said Ann Ng on 8 July 2008. "

LINES = {
    "prose.txt": PROSE * 5,
    "paragraphs.md": f"{PROSE}\n",
    "wrapped.txt": "the port is closed and nobody has the money to dig it all out,",
    "wrapped.md": "the port is closed and nobody has the money to dig it all out,",
    "sentences.txt": "Ship {n} sank!",
    "sentences.md": "Ship {n} sank!",
    "names.txt": "Ship number {n} of the line",
    "same-line.txt": "The port is closed.",
    "crlf.txt": "Ship {n} sank on Monday.\r",
    "cr.txt": "Ship {n} sank on Monday.\rNobody knew.\r",
    "blank-lines.txt": "\n\n\nShip number {n} of the line sank here",
    "white-lines.md": "  \n\t\n  \nShip number {n} of the line sank here",
    "bullets.txt": "- ship number {n}",
    "bullets.md": "- ship number {n}",
    "numbers.md": "{n}. ship of the line",
    "tasks.md": "- [ ] call ship number {n}",
    "introduced.txt": "The ships are:\n- the first, {n}\n- the second\n",
    "introduced.md": "The ships are:\n\n- the first, {n}\n- the second\n",
    "headings.txt": "# Ship {n}\n\nIt sank.\n",
    "headings.md": "# Ship {n}\n\nIt sank.\n",
    "underlined.md": "Ship {n}\n-------\n\nIt sank.\n",
    "headings-alone.md": "### Ship number {n}",
    "hashes.md": "#",
    "quotation.txt": "> ship number {n} sank",
    "quotation.md": "> Ship number {n} sank.\n>",
    "quoted-mail.txt": ">> > Ship {n} sank.\n> Did it?\nYes.",
    "nested-quotations.md": "> > > ship number {n}\n",
    "chat.txt": "[12:03] <ann{m}> ship {n} sank",
    "transcript.txt": "ANN: Ship number {n} sank.\nBO: Did it?",
    "questions.txt": "Q: Did ship {n} sink?\nA: It did.\n",
    "key-value.txt": "ship {n}: sunk",
    "definitions.txt": "ship {n}\n: it sank",
    "definitions.md": "Ship number {n} of the line\n: it sank, said Ann Ng of the port, in May",
    "settings.txt": "SHIP_{n}=sunk",
    "table.md": "| {n} | Ann Ng | 8 July 2008 | sunk |",
    "narrow-table.md": "|{n}|b|",
    "fences.md": "```\nship {n}\n```\n",
    "code.md": "    ship = {n}\n",
    "links.md": "[ship {n}](https://example.org/ships/{n}) sank.",
    "wiki-links.md": "[[ships/{n}|ship {n}]] and [[port]]",
    "footnotes.md": "Ship {n} sank.[^{n}]\n\n[^{n}]: In May.\n",
    "references.md": "[{n}]: https://example.org/ships/{n}",
    "emphasis.md": "*ship* _{n}_ **sank** __today__",
    "html.md": "<div><p>Ship {n} <b>sank</b>.</p></div>\n",
    "comments.md": "<!-- ship {n} -->",
    "entities.md": "Ship&nbsp;{n} &amp; &#8220;crew&#8221;",
    "rules.md": "---\n",
    "pipes.md": "a|b",
    "dates.txt": "8 July 2008\n\nMonday 12 May 2010",
    "capitals.txt": "SHIP NUMBER {n} SANK IN THE PORT TODAY",
    "buttons.txt": "Share",
    "notices.txt": "Sign up to our newsletter number {n}.",
    "soft-hyphens.txt": "ship\u00adping number {n} of\u00adfice",
    "broken-words.txt": "the ship number {n} of the ship-\nping line",
    "accents.txt": "Él llegó {n} días después.",
    "ideographs.txt": "東京に船が{n}隻着いた。",
    "emoji.md": "👩\u200d👧 {n} 🇵🇦",
    "pages.txt": "\fThe Port, page {n}\n\nthe ship sank and nobody\n\n{n}\n\nknew about it.\n",
}
"""Lines that a file repeats; `{n}` is the number of the repeat, `{m}` one of two."""
RUNS = {
    "one-line.txt": PROSE,
    "one-word.txt": "porthouse",
    "letters.txt": "a\n",
    "letters-apart.txt": "a\n\n",
    "letters.md": "a\n\n",
    "spaces.txt": " \t",
    "stars.md": "*",
    "stars-apart.md": "*a ",
    "star-words.md": "a*b_c ",
    "underscores.md": "_a_",
    "brackets.md": "[",
    "bracket-pairs.md": "[]",
    "links-unclosed.md": "[a](",
    "images.md": "![",
    "backticks.md": "`a",
    "fence-marks.md": "```\n",
    "angles.md": "<a ",
    "entities-alone.md": "&lt;&#60;",
    "tags.md": "<div>\n",
    "quote-marks.md": "> ",
    "deep-lists.md": "- ",
    "tabs.md": "\t- a\n",
    "backslashes.md": "\\*",
    "tildes.md": "~~a",
    "quotes.txt": "\"'“”",
    "dots.txt": ".",
    "bars.md": "|",
    "numbers.txt": "12.5 ",
    "percents.md": "%%",
}
"""What a file repeats without line ends of our own."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A file that was read."""

    name: str
    size: int
    """In bytes."""
    passages: int
    """0 if it is not taken for an article."""
    seconds: float
    """Of the processor."""

    def __str__(self) -> str:
        return f"{self.seconds:6.2f} s  {self.passages:7,} passages  {self.name}"


def makings(size: int = SIZE) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of a file of each making, of about `size` bytes."""
    for name, line in LINES.items():
        yield name, _lines(line, size)
    for name, run in RUNS.items():
        unit = run.encode()
        yield name, unit * (size // len(unit))
    facts = _lines("key{n}: value number {n}", size)
    yield "front-matter.md", b"---\n" + facts + b"---\n" + PROSE.encode()
    header = b"| a | b | c | d |\n|---|---|---|---|\n"
    yield "table-with-header.md", header + _lines(LINES["table.md"], size - len(header))
    wide = b"|x" * 99 + b"|\n"
    yield "wide-table.md", wide + b"|-" * 99 + b"|\n" + wide * (size // len(wide) - 2)
    yield "unclosed-fence.md", b"```\n" + _lines(LINES["sentences.md"], size - 4)
    yield "unclosed-comment.md", b"<!--\n" + _lines(LINES["sentences.md"], size - 5)
    depth = "".join(f"{'  ' * (n % 40)}- ship {n}\n" for n in range(size // 48))
    yield "nested-list.md", depth.encode()
    yield "stray-byte.txt", "é".encode() + _lines(LINES["sentences.txt"], size) + b"\xe9\n"
    yield (
        "utf-16.txt",
        ("\ufeff" + _lines(LINES["sentences.txt"], size // 2).decode()).encode("utf-16-le"),
    )


def _lines(line: str, size: int) -> bytes:
    parts: list[bytes] = []
    for n in count():
        parts.append(f"{line.replace('{n}', str(n)).replace('{m}', str(n % 2))}\n".encode())
        size -= len(parts[-1])
        if size <= 0:
            break
    return b"".join(parts[:-1])


def time_reading(name: str, data: bytes) -> Timed:
    """Read a file as a build does, for a model that sees any text."""
    contents = Contents(data, Signature(len(data), 0, 0, 0))
    began = time.process_time()
    read = read_article(contents, DEFAULT_SETTINGS, NoLimit(), name)
    seconds = time.process_time() - began
    return Timed(name, len(data), 0 if isinstance(read, NotText) else len(read.passages), seconds)


def main(names: Sequence[str]) -> None:
    """Print the time of each making, and at the end the slowest."""
    for name, data in makings(SIZE // 256):
        time_reading(name, data)  # loads what is loaded once
    timed = []
    for name, data in makings():
        if not names or name in names:
            timed.append(time_reading(name, data))
            sys.stdout.write(f"{timed[-1]}\n")
            sys.stdout.flush()
    if len(timed) > 1:
        sys.stdout.write(f"slowest: {max(timed, key=lambda one: one.seconds)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
