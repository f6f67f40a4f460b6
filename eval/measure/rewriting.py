"""Measure how follow-ups are made whole: `python -m eval.measure.rewriting DATA`.

DATA is the folder that holds conversation/rewrites.jsonl (TREC CAsT 2019 and 2020: conversations
whose turns were made whole by hand), or that file. No answers come with it: each turn is resolved
from the turns before it, as they were resolved themselves. First turns are left out; they have
nothing to lean on.

Terms are those of keyword search: stemmed, without question words. A turn *leans* where the hand
rewrite has terms that the turn itself has not: these are the added ones. Any other turn needed
nothing. Conversations whose id has an even first byte of SHA-256 were tuned on, the others held
out.
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
    """A question as it was asked, and as it stands alone."""

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
        """Whether this is one of the half that word lists and rules were tuned on."""
        return hashlib.sha256(self.id.encode()).digest()[0] % 2 == 0


@dataclass(frozen=True, slots=True)
class Compared:
    """A turn as it was resolved, beside the hand rewrite."""

    raw: str
    rewritten: str
    resolved: str
    wanted: frozenset[str]
    """Terms that the hand rewrite added."""
    carried: frozenset[str]
    """Terms that resolving added."""
    known: frozenset[str]
    """Terms of all earlier questions, by hand and as they were asked."""

    @property
    def leans(self) -> bool:
        """Whether the turn needed anything."""
        return bool(self.wanted)

    @property
    def whole(self) -> bool:
        """Whether the resolved question holds all that the hand rewrite added."""
        return self.wanted <= self.carried

    @property
    def changed(self) -> bool:
        """Whether resolving changed the question at all."""
        return self.resolved != self.raw


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts over some turns."""

    leaning: int
    whole: int
    """Leaning turns that hold all added terms."""
    wanted: int
    """Added terms."""
    found: int
    """Added terms that the resolved questions hold."""
    unknown: int
    """Added terms that stand in no earlier question."""
    reachable: int
    """Leaning turns all of whose added terms stand in earlier questions."""
    carried: int
    """Terms that resolving added to leaning turns, wanted or not."""
    needless: int
    """Turns that needed nothing."""
    changed: int
    """Of these, the ones that were changed."""


def compare(conversation: Conversation) -> list[Compared]:
    """Resolve a conversation's turns, the first left out."""
    compared: list[Compared] = []
    history: list[Exchange] = []
    known: set[str] = set()
    for turn in conversation.turns:
        raw, rewritten = " ".join(turn.raw.split()), " ".join(turn.rewritten.split())
        resolved = resolve(raw, history).question
        own = frozenset(terms(raw))
        if history:
            wanted, carried = set(terms(rewritten)) - own, set(terms(resolved)) - own
            compared.append(
                Compared(
                    raw,
                    rewritten,
                    resolved,
                    frozenset(wanted),
                    frozenset(carried),
                    frozenset(known),
                )
            )
        history.append(Exchange(resolved))
        known |= own | set(terms(rewritten))
    return compared


def figures(turns: Sequence[Compared]) -> Figures:
    """Count."""
    leaning = [one for one in turns if one.leans]
    needless = [one for one in turns if not one.leans]
    return Figures(
        leaning=len(leaning),
        whole=sum(one.whole for one in leaning),
        wanted=sum(len(one.wanted) for one in leaning),
        found=sum(len(one.wanted & one.carried) for one in leaning),
        unknown=sum(len(one.wanted - one.known) for one in leaning),
        reachable=sum(one.wanted <= one.known for one in leaning),
        carried=sum(len(one.carried) for one in leaning),
        needless=len(needless),
        changed=sum(one.changed for one in needless),
    )


def read_conversations(given: Path) -> list[Conversation]:
    """Read the conversations of a folder or a file."""
    path = given / "conversation" / "rewrites.jsonl" if given.is_dir() else given
    return [msgspec.json.decode(line, type=Conversation) for line in path.read_bytes().splitlines()]


def main() -> None:
    """Resolve, count, print."""
    parser = argparse.ArgumentParser(prog="python -m eval.measure.rewriting", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument(
        "--wrong", choices=["tuned-on", "held-out"], help="show the turns of a half that went wrong"
    )
    given = parser.parse_args()
    conversations = read_conversations(given.data)
    compared = [(one, turn) for one in conversations for turn in compare(one)]
    tuned_on = [turn for one, turn in compared if one.tuned_on]
    held_out = [turn for one, turn in compared if not one.tuned_on]
    _report("tuned on", tuned_on)
    _report("held out", held_out)
    for year in sorted({one.year for one in conversations}):
        _report(year, [turn for one, turn in compared if one.year == year])
        of_year = [turn for one, turn in compared if one.year == year and not one.tuned_on]
        _report(f"{year}, held out", of_year)
    if given.wrong:
        _show_wrong(tuned_on if given.wrong == "tuned-on" else held_out)


def _report(name: str, turns: Sequence[Compared]) -> None:
    count = figures(turns)
    print(f"{name}: {count.leaning} turns that lean, {count.needless} that needed nothing")
    print(f"  all added terms in the resolved question: {_share(count.whole, count.leaning)}")
    print(f"  of the added terms: {_share(count.found, count.wanted)}")
    print(f"  of the terms carried over, wanted: {_share(count.found, count.carried)}")
    print(f"  needed nothing and was changed: {_share(count.changed, count.needless)}")
    print(
        f"  added terms that no earlier question holds: {_share(count.unknown, count.wanted)}; "
        f"turns that could be made whole: {_share(count.reachable, count.leaning)}"
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f}% ({part} of {whole})" if whole else "none"


def _show_wrong(turns: Sequence[Compared]) -> None:
    for one in turns:
        if (one.leans and not one.whole) or (not one.leans and one.changed):
            print(f"{'leans' if one.leans else 'needs nothing'}: {one.raw}")
            print(f"    by hand: {one.rewritten}\n    resolved: {one.resolved}")


if __name__ == "__main__":
    main()
