"""Measure how well follow-ups are rewritten: `python -m eval.measure.rewriting DATA`.

DATA is the folder with conversation/rewrites.jsonl (TREC CAsT 2019 and 2020: conversations whose
turns were rewritten by hand), or that file. It has no answers: each turn is resolved from the turns
before it, as they were resolved. First turns are left out; they follow nothing.

Terms are those of keyword search: stemmed, without question words. A turn is *elliptical* if the
rewrite by hand has terms that the turn lacks: the added ones. Any other turn is complete.
Conversations whose id has an even first byte of SHA-256 were tuned on, the others held out.
"""

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from index.search.analyzer import terms
from qa.rewriting.resolve import Exchange, resolve


class Turn(msgspec.Struct):
    """A question as asked, and rewritten by hand to stand alone."""

    raw: str
    rewritten: str


class Conversation(msgspec.Struct):
    """Turns in order; the id begins with the year."""

    id: str
    turns: list[Turn]

    @property
    def year(self) -> str:
        """Of TREC CAsT."""
        return self.id[:4]

    @property
    def tuned_on(self) -> bool:
        """Whether it is in the half that word lists and rules were tuned on."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """A turn as resolved, next to the rewrite by hand."""

    raw: str
    rewritten: str
    resolved: str
    wanted: frozenset[str]
    """Terms that the rewrite by hand added."""
    carried: frozenset[str]
    """Terms that resolving added."""
    known: frozenset[str]
    """Terms of all earlier questions, as asked and rewritten by hand."""

    @property
    def is_elliptical(self) -> bool:
        """Whether the turn needed anything."""
        return bool(self.wanted)

    @property
    def is_complete(self) -> bool:
        """Whether the resolved question has all that the rewrite by hand added."""
        return self.wanted <= self.carried

    @property
    def changed(self) -> bool:
        """Whether resolving changed the question at all."""
        return self.resolved != self.raw

    @property
    def is_right(self) -> bool:
        """Whether the turn got all it needed, or stayed as it was if it needed nothing."""
        return self.is_complete if self.is_elliptical else not self.changed


def compare(conversation: Conversation) -> list[Comparison]:
    """Resolve the turns of a conversation but the first."""
    comparisons: list[Comparison] = []
    history: list[Exchange] = []
    known: set[str] = set()
    for turn in conversation.turns:
        raw, rewritten = " ".join(turn.raw.split()), " ".join(turn.rewritten.split())
        resolved = resolve(raw, history).question
        own = frozenset(terms(raw))
        if history:
            wanted, carried = frozenset(terms(rewritten)) - own, frozenset(terms(resolved)) - own
            comparisons.append(
                Comparison(raw, rewritten, resolved, wanted, carried, frozenset(known))
            )
        history.append(Exchange(resolved, (), ""))
        known |= own | set(terms(rewritten))
    return comparisons


def count(turns: Sequence[Comparison]) -> dict[str, int]:
    """Count elliptical turns and their added terms, and complete turns and those changed.

    *completed* turns got all added terms; those of *reachable* ones are all in earlier questions.
    """
    elliptical = [turn for turn in turns if turn.is_elliptical]
    complete = [turn for turn in turns if not turn.is_elliptical]
    return {
        "elliptical": len(elliptical),
        "completed": sum(turn.is_complete for turn in elliptical),
        "wanted": sum(len(turn.wanted) for turn in elliptical),
        "found": sum(len(turn.wanted & turn.carried) for turn in elliptical),
        "unknown": sum(len(turn.wanted - turn.known) for turn in elliptical),
        "reachable": sum(turn.wanted <= turn.known for turn in elliptical),
        "carried": sum(len(turn.carried) for turn in elliptical),
        "complete": len(complete),
        "changed": sum(turn.changed for turn in complete),
    }


def read_conversations(data: Path) -> list[Conversation]:
    """Read the conversations of a folder or a file."""
    path = data / "conversation" / "rewrites.jsonl" if data.is_dir() else data
    return [msgspec.json.decode(line, type=Conversation) for line in path.read_bytes().splitlines()]


def main() -> None:
    """Resolve, count, print."""
    parser = argparse.ArgumentParser(prog="python -m eval.measure.rewriting", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument(
        "--wrong", choices=["tuned-on", "held-out"], help="list the wrong turns of a half"
    )
    options = parser.parse_args()
    conversations = read_conversations(options.data)
    compared = [(one, turn) for one in conversations for turn in compare(one)]
    halves = {
        "tuned-on": [turn for one, turn in compared if one.tuned_on],
        "held-out": [turn for one, turn in compared if not one.tuned_on],
    }
    for name, turns in halves.items():
        _report(name, turns)
    for year in sorted({one.year for one in conversations}):
        _report(year, [turn for one, turn in compared if one.year == year])
        of_year = [turn for one, turn in compared if one.year == year and not one.tuned_on]
        _report(f"{year}, held-out", of_year)
    if options.wrong:
        _list_wrong(halves[options.wrong])


def _report(name: str, turns: Sequence[Comparison]) -> None:
    counts = count(turns)
    print(f"{name}: {counts['elliptical']} elliptical turns, {counts['complete']} complete ones")
    for label, part, total in (
        ("elliptical and completed", "completed", "elliptical"),
        ("recall of added terms", "found", "wanted"),
        ("precision of carried terms", "found", "carried"),
        ("complete but changed", "changed", "complete"),
        ("added terms in no earlier question", "unknown", "wanted"),
        ("turns that could be completed", "reachable", "elliptical"),
    ):
        some, every = counts[part], counts[total]
        share = f"{100 * some / every:.1f}% ({some} of {every})" if every else "none"
        print(f"  {label}: {share}")


def _list_wrong(turns: Sequence[Comparison]) -> None:
    for turn in turns:
        if not turn.is_right:
            print(f"{'elliptical' if turn.is_elliptical else 'complete'}: {turn.raw}")
            print(f"    by hand: {turn.rewritten}\n    resolved: {turn.resolved}")


if __name__ == "__main__":
    main()
