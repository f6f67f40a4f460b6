from index.catalog import StoredPassage
from index.spans import Span
from qa.grouping import Distinct, distinct_answers
from qa.reader.protocol import Candidate
from qa.retriever import Retrieved
from tests.qa.fakes import passage, stored


def found(one: StoredPassage, *duplicates: StoredPassage) -> Retrieved:
    return Retrieved(one, 0.5, duplicates)


def sentence(number: int, retrieved: list[Retrieved], which: int, sure: float = 0.5) -> Candidate:
    """A sentence of a passage as a candidate answer."""
    span = retrieved[number].stored.passage.sentences[which]
    return Candidate(number, span, span, sure)


def told(answers: list[Distinct]) -> list[tuple[float, list[tuple[int, str]]]]:
    return [
        (
            one.confidence,
            [(place.stored.id, place.span.of(place.stored.passage.text)) for place in one.evidence],
        )
        for one in answers
    ]


def test_overlapping_passages_of_one_article_give_a_sentence_once() -> None:
    text = "It rained. Nobody went out. The dam held."
    first = stored(0, 3, passage(text[:27], "It rained.", "Nobody went out."))
    # The second passage begins with the last sentence of the first: line 1, column 12.
    second = stored(1, 3, passage(text[11:], "Nobody went out.", "The dam held.", column=12))
    retrieved = [found(first), found(second)]
    candidates = [sentence(0, retrieved, 1, 0.9), sentence(1, retrieved, 0, 0.8)]
    assert told(distinct_answers(candidates, retrieved, 3)) == [(0.9, [(0, "Nobody went out.")])]


def test_the_same_sentence_twice_in_one_article_is_cited_twice() -> None:
    retrieved = [found(stored(0, 3, "No deal.")), found(stored(1, 3, passage("No deal.", line=9)))]
    candidates = [sentence(0, retrieved, 0, 0.9), sentence(1, retrieved, 0, 0.8)]
    assert told(distinct_answers(candidates, retrieved, 3)) == [
        (0.9, [(0, "No deal."), (1, "No deal.")])
    ]


def test_the_same_words_in_two_articles_are_one_answer_as_sure_as_the_best() -> None:
    retrieved = [
        found(stored(0, 1, "A treaty was signed.")),
        found(stored(1, 2, "treaty WAS signed")),
    ]
    candidates = [sentence(0, retrieved, 0, 0.7), sentence(1, retrieved, 0, 0.6)]
    assert told(distinct_answers(candidates, retrieved, 1)) == [
        (0.7, [(0, "A treaty was signed."), (1, "treaty WAS signed")])
    ]


def test_a_duplicate_is_cited_also_where_it_is_wrapped_differently() -> None:
    here = passage(
        "Say. Poland agreed to host ten rockets.", "Say.", "Poland agreed to host ten rockets."
    )
    there = passage(
        "Poland agreed\nto host ten\trockets. More.", "Poland agreed\nto host ten\trockets."
    )
    retrieved = [
        found(stored(0, 1, here), stored(5, 2, there), stored(6, 3, "Poland did not agree."))
    ]
    # The answer itself is the words `ten rockets`, at 27 of the passage and 22 of its sentence.
    whole = here.sentences[1]
    candidate = Candidate(0, Span(27, 38), whole, 0.4)
    assert candidate.span.of(here.text) == "ten rockets"
    answers = distinct_answers([candidate], retrieved, 3)
    assert told(answers) == [(0.4, [(0, "ten rockets"), (5, "ten\trockets")])]
    assert answers[0].evidence[1].sentence == Span(0, 34)


def test_at_most_so_many_answers_and_later_evidence_still_counts() -> None:
    retrieved = [
        found(stored(i, i, text)) for i, text in enumerate(["One.", "Two.", "Three.", "one"])
    ]
    candidates = [sentence(i, retrieved, 0, 0.9 - i / 10) for i in range(4)]
    assert told(distinct_answers(candidates, retrieved, 2)) == [
        (0.9, [(0, "One."), (3, "one")]),
        (0.8, [(1, "Two.")]),
    ]


def test_an_answer_with_nothing_left_once_normalised_is_dropped() -> None:
    retrieved = [
        found(stored(0, 0, "The …!")),
        found(stored(1, 1, "A.")),
        found(stored(2, 2, "Yes.")),
    ]
    # The ellipsis is no ASCII punctuation, so it stays; an article and a full stop do not.
    candidates = [sentence(1, retrieved, 0), sentence(0, retrieved, 0), sentence(2, retrieved, 0)]
    answers = distinct_answers(candidates, retrieved, 3)
    assert [place[0][1] for _, place in told(answers)] == ["The …!", "Yes."]


def test_spans_that_only_touch_do_not_overlap() -> None:
    one = stored(0, 1, "ab ab")
    retrieved = [found(one)]
    whole = Span(0, 5)
    candidates = [Candidate(0, Span(0, 2), whole, 0.9), Candidate(0, Span(3, 5), whole, 0.8)]
    (answer,) = distinct_answers(candidates, retrieved, 3)
    assert [place.span for place in answer.evidence] == [Span(0, 2), Span(3, 5)]
