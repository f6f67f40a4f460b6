"""Prose of invented sentences, made from a seed."""

import random

_WHO = (
    "The harbour master", "Ada Quill", "Ben Ortega of Ulvik", "A fisherman from the north shore",
    "The council", "Nobody on the quay", "The owner of the mill", "President Larsen", "They",
    "The engineer who had drawn the plans",
)  # fmt: skip
_DID = (
    "closed the old breakwater", "sold the mill", "refused to pay the toll", "repaired a wall",
    "wrote to the capital", "counted the well-known ships", "left for another port",
    "promised short- and long-term loans", "opened the first-rate inquiry",
    "asked Dr. Moen about it",
)  # fmt: skip
_WHEN = (
    "on Friday", "in May 2011", "before the winter", "after the storm of 3 March", "at 5.30 p.m.",
    "because the money had run out", "although “nobody had asked”, she said", "for 1,200 crowns",
    "when the ferry from Ulvik came in", "as it had in 1987",
)  # fmt: skip


def sentence(choose: random.Random) -> str:
    """A sentence."""
    said = " ".join(choose.choice(part) for part in (_WHO, _DID, _WHEN))
    if choose.random() < 0.4:
        said += f", {choose.choice(_WHEN)}"
    return said + choose.choice([".", ".", ".", "?", "!"])


def prose(choose: random.Random, count: int) -> list[str]:
    """Paragraphs of one to nine sentences."""
    return [
        " ".join(sentence(choose) for _ in range(choose.randrange(1, 10))) for _ in range(count)
    ]
