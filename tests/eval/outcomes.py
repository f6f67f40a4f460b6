"""Outcomes made by hand."""

from typing import Any

from eval.outcomes import Cause, Found, Given, Kind, Outcome, Rankings, Spent
from eval.sets.question_set import Gold

GOLD = Gold("radar.txt", 3, ["Prague"])


def given(text: str = "Prague", confidence: float = 0.8, **told: Any) -> Given:  # noqa: ANN401
    """An answer; right, on a gold line, unless told otherwise."""
    known: dict[str, Any] = {
        "quote": f"It was {text}.",
        "path": "radar.txt",
        "line": 3,
        "column": 8,
        "exact": True,
        "f1": 1.0,
        "is_line_right": True,
        "is_right": True,
        "start": 7,
    }
    return Given(text=text, confidence=confidence, **(known | told))


WRONG: dict[str, Any] = {"exact": False, "f1": 0.0, "is_right": False}


def rankings(**ranks: int) -> Rankings:
    """Rankings with the only gold place at these ranks."""
    return Rankings(**{name: (Found(rank, 0),) for name, rank in ranks.items()})


def outcome(name: str = "q", **told: Any) -> Outcome:  # noqa: ANN401
    """An answerable question, answered rightly, unless told otherwise."""
    known: dict[str, Any] = {
        "question": "Where was it signed?",
        "asked": "Where was it signed?",
        "kind": Kind.ANSWERABLE,
        "gold": (GOLD,),
        "answered": True,
        "given": (given(),),
        "grades": (1,),
        "is_indexed": True,
        "rankings": rankings(keywords=1, vectors=1, fused=1, read=1),
        "exact": 1.0,
        "f1": 1.0,
        "cause": Cause.NONE,
        "milliseconds": Spent(read=10.0, total=12.0),
    }
    return Outcome(id=name, **(known | told))


def unanswerable(name: str = "q", **told: Any) -> Outcome:  # noqa: ANN401
    """A question without an answer, refused, unless told otherwise."""
    known: dict[str, Any] = {
        "kind": Kind.UNANSWERABLE,
        "gold": (),
        "grades": (),
        "is_indexed": False,
        "rankings": Rankings(),
        "answered": False,
        "reason": "unsure",
        "given": (given("Kyiv", 0.1, **WRONG, is_line_right=False),),
    }
    return outcome(name, **(known | told))
