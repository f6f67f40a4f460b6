import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.measure.rewriting import (
    Comparison,
    Conversation,
    Turn,
    compare,
    count,
    read_conversations,
)

NOTHING: frozenset[str] = frozenset()


def compared(
    wanted: str = "", carried: str = "", known: str = "", changed: bool = True
) -> Comparison:
    return Comparison(
        "raw",
        "by hand",
        "resolved" if changed else "raw",
        frozenset(wanted.split()),
        frozenset(carried.split()),
        frozenset(known.split()),
    )


def test_terms_and_turns_are_counted() -> None:
    turns = [
        # Everything wanted, and one more.
        compared("throat cancer", "throat cancer day", "throat cancer"),
        # One of two; the other is in no earlier question.
        compared("airbus plane", "plane", "plane big"),
        compared("bee", "", "bee", changed=False),
        # These two needed nothing.
        compared("", "bee", "bee"),
        compared("", "", "bee", changed=False),
    ]
    assert count(turns) == {
        "elliptical": 3,
        "completed": 1,
        "wanted": 5,
        "found": 3,
        "unknown": 1,
        "reachable": 2,
        "carried": 4,
        "complete": 2,
        "changed": 1,
    }


def test_the_counts_of_no_turns_are_zero() -> None:
    assert list(count([]).values()) == [0] * 9


CONVERSATION = Conversation(
    "2019-x",
    [
        Turn("What is throat cancer?", "What is throat cancer?"),
        Turn("Is it  treatable?", "Is throat cancer treatable?"),
        Turn("Who found honey?", "Who found honey?"),
        Turn("What are its uses in Utah?", "What are the uses of honey in medicine in Utah?"),
    ],
)


def test_each_turn_is_resolved_from_the_turns_before_it() -> None:
    second, third, fourth = compare(CONVERSATION)
    assert second == Comparison(
        "Is it treatable?",
        "Is throat cancer treatable?",
        "Is throat cancer treatable?",
        frozenset({"throat", "cancer"}),
        frozenset({"throat", "cancer"}),
        frozenset({"throat", "cancer"}),
    )
    assert (third.is_elliptical, third.changed, third.wanted, third.carried) == (
        False,
        False,
        NOTHING,
        NOTHING,
    )
    assert fourth.wanted == {"honey", "medicin"}
    assert fourth.carried == {"honey"}
    assert fourth.known == {"throat", "cancer", "treatabl", "found", "honey"}
    assert (fourth.is_elliptical, fourth.is_complete, fourth.changed) == (True, False, True)
    assert list(count(compare(CONVERSATION)).values()) == [2, 1, 4, 3, 1, 1, 3, 1, 0]


def test_a_turn_is_complete_if_all_wanted_terms_were_carried() -> None:
    assert compared("a b", "a b c").is_complete
    assert not replace(compared("a b"), carried=frozenset({"a"})).is_complete


def test_the_id_determines_the_year_and_the_half() -> None:
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
