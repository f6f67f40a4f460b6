"""Articles that name their edition in every sentence, so that mixed editions are noticed."""

import re
from collections.abc import Callable
from pathlib import Path

from qa.answers import Reply
from tests.faults.quote_check import citations_of

ARTICLES = 8
SHIPS = 6
UNCHANGING = "unchanging.txt"
NO_EDITION = -1
"""Of the article that is the same in all editions."""
UNCHANGING_TEXT = "Every edition has the harbour of article 99. It was dark."
_SENTENCE = re.compile(r"Edition (\d+): ship (\d+) of article (\d+) left the port\.")


def present(edition: int) -> list[int]:
    """Return the articles of an edition: one in four is left out, another in each edition."""
    return [article for article in range(ARTICLES) if (article + edition) % 4]


def write_edition(news: Path, edition: int) -> None:
    """Write an edition over the previous one; one article is the same in all."""
    news.mkdir(exist_ok=True)
    (news / UNCHANGING).write_text(UNCHANGING_TEXT, encoding="utf-8")
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
    """Return questions about one article that may be missing, all articles, the unchanging one."""
    return [
        f"Which edition has ship {choose(SHIPS)} of article {choose(ARTICLES)}?",
        "Which edition left the port?",
        "Which edition has the harbour?",
    ]


def editions_of(reply: Reply) -> set[int]:
    """Return the editions of a reply's answers. Raises AssertionError if one is of no edition."""
    found = {
        _edition(Path(citation.file).name, citation.sentence.text)
        for citation in citations_of(reply)
    }
    return found - {NO_EDITION}


def _edition(name: str, sentence: str) -> int:
    if name == UNCHANGING:
        assert sentence in UNCHANGING_TEXT, f"{name} never said {sentence!r}"
        return NO_EDITION
    match = _SENTENCE.fullmatch(sentence)
    assert match, f"{name} never said {sentence!r}"
    edition, ship, article = map(int, match.groups())
    assert name == f"{article}.txt", f"{name} never said {sentence!r}"
    assert article in present(edition), f"edition {edition} has no {name}"
    assert ship < SHIPS
    return edition
