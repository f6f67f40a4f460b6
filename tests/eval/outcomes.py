"""Example outcomes."""

from typing import Any

from eval.outcomes import Cause, GoldRank, JudgedAnswer, Kind, Outcome, Rankings, StageTimes
from eval.sets.question_set import Gold

GOLD = Gold("radar.txt", 3, ["Prague"])


def judged(text: str = "Prague", confidence: float = 0.8, **changes: Any) -> JudgedAnswer:  # noqa: ANN401
    """Return an answer: right and on a gold line, unless changed."""
    fields: dict[str, Any] = {
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
    return JudgedAnswer(text=text, confidence=confidence, **(fields | changes))


WRONG: dict[str, Any] = {"exact": False, "f1": 0.0, "is_right": False}


def rankings(**ranks: int) -> Rankings:
    """Return rankings with the only gold reference at these ranks."""
    return Rankings(**{name: (GoldRank(rank, 0),) for name, rank in ranks.items()})


def outcome(name: str = "q", **changes: Any) -> Outcome:  # noqa: ANN401
    """Return an answerable question that was answered right, unless changed."""
    fields: dict[str, Any] = {
        "question": "Where was it signed?",
        "searched_question": "Where was it signed?",
        "kind": Kind.ANSWERABLE,
        "gold": (GOLD,),
        "answered": True,
        "answers": (judged(),),
        "grades": (1,),
        "is_indexed": True,
        "rankings": rankings(keywords=1, vectors=1, fused=1, read=1),
        "exact": 1.0,
        "f1": 1.0,
        "cause": Cause.NONE,
        "milliseconds": StageTimes(read=10.0, total=12.0),
    }
    return Outcome(id=name, **(fields | changes))


def unanswerable(name: str = "q", **changes: Any) -> Outcome:  # noqa: ANN401
    """Return an unanswerable question that was refused, unless changed."""
    fields: dict[str, Any] = {
        "kind": Kind.UNANSWERABLE,
        "gold": (),
        "grades": (),
        "is_indexed": False,
        "rankings": Rankings(),
        "answered": False,
        "reason": "unsure",
        "answers": (judged("Kyiv", 0.1, **WRONG, is_line_right=False),),
    }
    return outcome(name, **(fields | changes))
