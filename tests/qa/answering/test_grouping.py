import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.spans import Span
from qa.answering.grouping import Group, evidence_of, group_candidates
from qa.answering.squad_text import normalise_answer
from qa.reader.protocol import Candidate
from qa.retrieval.retriever import Hit
from tests.qa.fakes import passage, retrieved, stored


def sentence(number: int, found: list[Hit], which: int, margin: float = 1.0) -> Candidate:
    """Return a sentence of a passage as a candidate."""
    span = found[number].stored.passage.sentences[which]
    return Candidate(number, span, span, margin, -0.5)


def answered(*answers: str) -> tuple[list[Candidate], list[Hit]]:
    """Return one candidate for each answer, best first, each in a separate article."""
    found = [retrieved(stored(i, i, f"{one} .")) for i, one in enumerate(answers)]
    candidates = [
        Candidate(i, Span(0, len(one)), Span(0, len(one) + 2), -float(i), -0.5)
        for i, one in enumerate(answers)
    ]
    return candidates, found


def words(candidate: Candidate, found: list[Hit]) -> str:
    return candidate.span.of(found[candidate.passage].stored.passage.text)


def grouped(*answers: str) -> list[list[str]]:
    candidates, found = answered(*answers)
    groups = group_candidates(candidates, found)
    return [[words(one, found) for one in group.candidates] for group in groups]


def evidence_in(groups: list[Group], found: list[Hit]) -> list[list[tuple[int, str]]]:
    """Return the evidence of each group: passage and words."""
    return [
        [
            (place.stored.id, place.span.of(place.stored.passage.text))
            for place in evidence_of(group, found)
        ]
        for group in groups
    ]


@pytest.mark.parametrize(
    ("best", "other"),
    [
        ("Dmitry Medvedev", "Medvedev"),
        ("Medvedev", "Dmitry Medvedev"),
        ("President Dmitry Medvedev", "Dmitry Medvedev"),
        ("in 2010", "2010"),
        ("2010", "in 2010"),
        ("since about the 2010s", "2010s"),
        ("A treaty was signed.", "treaty WAS signed"),
        ("the Czech\nRepublic", "Czech Republic"),
    ],
)
def test_variants_of_one_answer_are_one_group_shown_in_the_best_ones_words(
    best: str, other: str
) -> None:
    candidates, found = answered(best, other)
    (group,) = group_candidates(candidates, found)
    assert group.candidates == tuple(candidates)
    assert group.best is candidates[0]
    assert words(group.best, found) == best


@pytest.mark.parametrize(
    ("best", "other"),
    [
        ("New York", "New York Times"),
        ("New York Times", "New York"),
        ("5", "5 million"),
        ("5 million", "5"),
        ("Dmitry Medvedev", "Anatoly Medvedev"),
        # Only names have short forms, and a name has at most five words.
        ("ten rockets", "rockets"),
        ("Ten rockets", "Rockets"),
        ("King Charles Philip Arthur George Windsor", "Windsor"),
        # A word that only ends the same is a different word.
        ("Jan Smetana", "Tana"),
        ("before 2010", "2010"),
    ],
)
def test_different_answers_are_two_groups(best: str, other: str) -> None:
    assert grouped(best, other) == [[best], [other]]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        # An ambiguous surname stays alone.
        (
            ["Clinton", "Bill Clinton", "Hillary Clinton", "Clinton"],
            [["Clinton", "Clinton"], ["Bill Clinton"], ["Hillary Clinton"]],
        ),
        # After a full name, the surname joins it.
        (
            ["Bill Clinton", "Clinton", "Hillary Clinton"],
            [["Bill Clinton", "Clinton"], ["Hillary Clinton"]],
        ),
        # Longer forms of one name belong together, with or without titles.
        (
            ["Putin", "Prime Minister Putin", "Vladimir Putin", "Russian President Vladimir Putin"],
            [
                [
                    "Putin",
                    "Prime Minister Putin",
                    "Vladimir Putin",
                    "Russian President Vladimir Putin",
                ]
            ],
        ),
        (
            ["Putin", "President Vladimir Putin", "Minister Ivan Putin"],
            [["Putin"], ["President Vladimir Putin"], ["Minister Ivan Putin"]],
        ),
        (
            ["Minister", "Foreign Minister", "Prime Minister"],
            [["Minister"], ["Foreign Minister"], ["Prime Minister"]],
        ),
        # The last is a form of the second's name; the first is ambiguous.
        (
            ["Clinton", "Bill Clinton", "Hillary Clinton", "President Bill Clinton"],
            [["Clinton"], ["Bill Clinton", "President Bill Clinton"], ["Hillary Clinton"]],
        ),
    ],
)
def test_a_surname_never_merges_two_people(answers: list[str], expected: list[list[str]]) -> None:
    assert grouped(*answers) == expected


NAMES = [
    "Clinton",
    "Bill Clinton",
    "Hillary Clinton",
    "President Clinton",
    "President Bill Clinton",
]


@given(st.lists(st.sampled_from(NAMES)))
def test_two_people_are_two_groups_in_any_order(answers: list[str]) -> None:
    for group in grouped(*answers):
        assert not {"Bill Clinton", "Hillary Clinton"} <= set(group)


def test_a_candidate_is_compared_with_the_best_of_each_group() -> None:
    assert grouped(
        "Dmitry Medvedev", "Putin", "Medvedev", "Anatoly Medvedev", "Vladimir Putin"
    ) == [["Dmitry Medvedev", "Medvedev"], ["Putin", "Vladimir Putin"], ["Anatoly Medvedev"]]


def test_groups_are_in_the_order_of_their_best_candidate() -> None:
    candidates, found = answered("One.", "Two.", "Three.", "one")
    assert evidence_in(group_candidates(candidates, found), found) == [
        [(0, "One."), (3, "one")],
        [(1, "Two.")],
        [(2, "Three.")],
    ]


def test_an_answer_that_normalises_to_nothing_is_dropped() -> None:
    # The ellipsis is not ASCII punctuation, so it is kept, unlike an article or a full stop.
    assert grouped("A.", "The …!", "an", "?", "Yes.") == [["The …!"], ["Yes."]]
    assert grouped() == []


@given(st.lists(st.text("aB1 .,", min_size=1, max_size=6) | st.sampled_from(("B", "A B", "in 1"))))
def test_each_candidate_with_words_is_in_exactly_one_group_in_order(answers: list[str]) -> None:
    candidates, found = answered(*answers)
    groups = group_candidates(candidates, found)
    with_words = [one for one in candidates if normalise_answer(words(one, found))]
    members = [one for group in groups for one in group.candidates]
    assert sorted(members, key=candidates.index) == with_words
    for ordered in ([group.best for group in groups], *(group.candidates for group in groups)):
        assert list(ordered) == sorted(ordered, key=candidates.index)


def test_overlapping_passages_of_one_article_cite_a_sentence_once() -> None:
    text = "It rained. Nobody went out. The dam held."
    first = stored(0, 3, passage(text[:27], "It rained.", "Nobody went out."))
    # The second passage begins with the last sentence of the first: line 1, column 12.
    second = stored(1, 3, passage(text[11:], "Nobody went out.", "The dam held.", column=12))
    found = [retrieved(first), retrieved(second)]
    groups = group_candidates([sentence(0, found, 1), sentence(1, found, 0)], found)
    assert len(groups[0].candidates) == 2
    assert evidence_in(groups, found) == [[(0, "Nobody went out.")]]


def test_the_same_sentence_twice_in_one_article_is_cited_twice() -> None:
    found = [
        retrieved(stored(0, 3, "No deal.")),
        retrieved(stored(1, 3, passage("No deal.", line=9))),
    ]
    groups = group_candidates([sentence(0, found, 0), sentence(1, found, 0)], found)
    assert evidence_in(groups, found) == [[(0, "No deal."), (1, "No deal.")]]


def test_a_longer_form_at_the_same_location_is_no_second_citation() -> None:
    found = [retrieved(stored(0, 3, "President Dmitry Medvedev spoke. Medvedev left."))]
    sentence = found[0].stored.passage.sentences[0]
    spans = (Span(17, 25), Span(10, 25), Span(33, 41))
    candidates = [Candidate(0, span, sentence, 1.0, -0.5) for span in spans]
    groups = group_candidates(candidates, found)
    assert evidence_in(groups, found) == [[(0, "Medvedev"), (0, "Medvedev")]]
    assert [place.span for place in evidence_of(groups[0], found)] == [spans[0], spans[2]]


def test_spans_that_only_touch_do_not_overlap() -> None:
    found = [retrieved(stored(0, 1, "ab ab"))]
    spans = [Span(0, 2), Span(3, 5)]
    candidates = [Candidate(0, span, Span(0, 5), 1.0, -0.5) for span in spans]
    (group,) = group_candidates(candidates, found)
    assert [place.span for place in evidence_of(group, found)] == spans


def test_a_duplicate_is_cited_even_if_wrapped_differently() -> None:
    here = passage(
        "Say. Poland agreed to host ten rockets.", "Say.", "Poland agreed to host ten rockets."
    )
    there = passage(
        "Poland agreed\nto host ten\trockets. More.", "Poland agreed\nto host ten\trockets."
    )
    found = [
        retrieved(stored(0, 1, here), stored(5, 2, there), stored(6, 3, "Poland did not agree."))
    ]
    # The answer is `ten rockets`, at 27 of the passage and 22 of its sentence.
    candidate = Candidate(0, Span(27, 38), here.sentences[1], 1.0, -0.5)
    assert words(candidate, found) == "ten rockets"
    groups = group_candidates([candidate], found)
    assert evidence_in(groups, found) == [[(0, "ten rockets"), (5, "ten\trockets")]]
    assert evidence_of(groups[0], found)[1].sentence == Span(0, 34)
