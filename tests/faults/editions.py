"""Articles that name their edition in every sentence, so that a mix of editions shows."""

import re
from collections.abc import Callable
from pathlib import Path

from qa.answers import Answer, Answered, Reply

ARTICLES = 8
SHIPS = 6
LASTING = "lasting.txt"
LASTS = -1
"""The edition of what is the same in all."""
LASTING_TEXT = "Every edition has the harbour of article 99. It was dark."
_SENTENCE = re.compile(r"Edition (\d+): ship (\d+) of article (\d+) left the port\.")


def present(edition: int) -> list[int]:
    """The articles of an edition: of four, one stays out, the next one in the next edition."""
    return [article for article in range(ARTICLES) if (article + edition) % 4]


def write_edition(news: Path, edition: int) -> None:
    """Write an edition over the one before; one article is the same in all."""
    news.mkdir(exist_ok=True)
    (news / LASTING).write_text(LASTING_TEXT, encoding="utf-8")
    for article in range(ARTICLES):
        path = news / f"{article}.txt"
        if article in present(edition):
            lines = (
                f"Edition {edition}: ship {ship} of article {article} left the port."
                for ship in range(SHIPS)
            )
            path.write_text("\n\nAdvertisement\n\n".join(lines), encoding="utf-8")
        else:
            path.unlink(missing_ok=True)


def questions(choose: Callable[[int], int]) -> list[str]:
    """Questions of an article that may not be there, of every article, and of the lasting one."""
    return [
        f"Which edition has ship {choose(SHIPS)} of article {choose(ARTICLES)}?",
        "Which edition left the port?",
        "Which edition has the harbour?",
    ]


def editions_of(reply: Reply) -> set[int]:
    """The editions that answers are of. Raises AssertionError where one is of none."""
    citations = [citation for answer in _answers(reply) for citation in answer.citations]
    found = {_edition(Path(one.file).name, one.sentence.text) for one in citations}
    return found - {LASTS}


def _answers(reply: Reply) -> tuple[Answer, ...]:
    return reply.answers if isinstance(reply, Answered) else reply.rejected


def _edition(name: str, sentence: str) -> int:
    if name == LASTING:
        assert sentence in LASTING_TEXT, f"{name} never said {sentence!r}"
        return LASTS
    read = _SENTENCE.fullmatch(sentence)
    assert read, f"{name} never said {sentence!r}"
    edition, ship, article = map(int, read.groups())
    assert name == f"{article}.txt", f"{name} never said {sentence!r}"
    assert article in present(edition), f"edition {edition} has no {name}"
    assert ship < SHIPS
    return edition
