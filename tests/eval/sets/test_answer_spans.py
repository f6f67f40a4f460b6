"""An answer is found at its offset, or at the nearest occurrence of its words."""

from hypothesis import given
from hypothesis import strategies as st

from eval.sets.answer_spans import find_answer
from index.articles.spans import Span


def test_an_answer_is_found_nearest_to_its_offset() -> None:
    context = "May was a mayor. In May he may go; in Mayfair, May."
    assert find_answer(context, "May", 22) == Span(20, 23)
    assert find_answer(context, "May", 42) == Span(47, 50)
    assert find_answer(context, "MAY", 26) == Span(27, 30)
    # Part of a word is no answer, unless it is at the offset.
    assert find_answer(context, "fair", 0) is None
    assert find_answer(context, "fair", 41) == Span(41, 45)
    assert find_answer(context, "go; in", 99) == Span(31, 37)


@given(st.text("ab \n", min_size=1), st.data())
def test_an_answer_at_its_offset_is_found_there(context: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(context) - 1))
    end = data.draw(st.integers(start + 1, len(context)))
    found = find_answer(context, context[start:end], start)
    assert found is not None
    assert found.of(context) == context[start:end].strip()
    assert start <= found.start <= found.end <= end
