import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.measure.rewriting import (
    Compared,
    Conversation,
    Figures,
    Turn,
    compare,
    figures,
    read_conversations,
)

NOTHING: frozenset[str] = frozenset()


def compared(
    wanted: str = "", carried: str = "", known: str = "", changed: bool = True
) -> Compared:
    return Compared(
        "raw",
        "by hand",
        "resolved" if changed else "raw",
        frozenset(wanted.split()),
        frozenset(carried.split()),
        frozenset(known.split()),
    )


def test_terms_and_turns_are_counted() -> None:
    turns = [
        # All that was wanted, and one more.
        compared("throat cancer", "throat cancer day", "throat cancer"),
        # One of two; the other was never spoken of.
        compared("airbus plane", "plane", "plane big"),
        compared("bee", "", "bee", changed=False),
        # These two needed nothing.
        compared("", "bee", "bee"),
        compared("", "", "bee", changed=False),
    ]
    assert figures(turns) == Figures(
        leaning=3,
        whole=1,
        wanted=5,
        found=3,
        unknown=1,
        reachable=2,
        carried=4,
        needless=2,
        changed=1,
    )


def test_of_no_turns_everything_is_nothing() -> None:
    assert figures([]) == Figures(0, 0, 0, 0, 0, 0, 0, 0, 0)


TALK = Conversation(
    "2019-x",
    [
        Turn("What is throat cancer?", "What is throat cancer?"),
        Turn("Is it  treatable?", "Is throat cancer treatable?"),
        Turn("Who found honey?", "Who found honey?"),
        Turn("What are its uses in Utah?", "What are the uses of honey in medicine in Utah?"),
    ],
)


def test_a_conversation_is_resolved_turn_by_turn_from_its_own_turns() -> None:
    second, third, fourth = compare(TALK)
    assert second == Compared(
        "Is it treatable?",
        "Is throat cancer treatable?",
        "Is throat cancer treatable?",
        frozenset({"throat", "cancer"}),
        frozenset({"throat", "cancer"}),
        frozenset({"throat", "cancer"}),
    )
    assert (third.leans, third.changed, third.wanted, third.carried) == (
        False,
        False,
        NOTHING,
        NOTHING,
    )
    assert fourth.wanted == {"honey", "medicin"}
    assert fourth.carried == {"honey"}
    assert fourth.known == {"throat", "cancer", "treatabl", "found", "honey"}
    assert (fourth.leans, fourth.whole, fourth.changed) == (True, False, True)
    assert figures(compare(TALK)) == Figures(2, 1, 4, 3, 1, 1, 3, 1, 0)


def test_a_turn_is_whole_where_more_was_carried_than_wanted() -> None:
    assert compared("a b", "a b c").whole
    assert not replace(compared("a b"), carried=frozenset({"a"})).whole


def test_the_year_and_the_half_follow_from_the_id() -> None:
    # The first bytes of their SHA-256 are 0x8a and 0x1d.
    ids = ["2019-eval-31", "2020-81"]
    assert [Conversation(one, []).year for one in ids] == ["2019", "2020"]
    halves = [Conversation(f"2019-{i}", []).tuned_on for i in range(400)]
    assert 150 < sum(halves) < 250
    assert halves == [Conversation(f"2019-{i}", []).tuned_on for i in range(400)]


@pytest.mark.parametrize("as_folder", [True, False])
def test_conversations_are_read_from_a_folder_or_a_file(tmp_path: Path, as_folder: bool) -> None:
    path = tmp_path / "conversation" / "rewrites.jsonl"
    path.parent.mkdir()
    turns = [{"raw": "Why?", "rewritten": "Why so?"}]
    path.write_text(json.dumps({"id": "2020-1", "turns": turns}) + "\n", encoding="utf-8")
    (read,) = read_conversations(tmp_path if as_folder else path)
    assert read == Conversation("2020-1", [Turn("Why?", "Why so?")])
