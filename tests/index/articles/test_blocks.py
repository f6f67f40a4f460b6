from hypothesis import given
from hypothesis import strategies as st

from index.articles.blocks import Block, Edit, Kind, blanked, ended, ordered, read_as, words_as_read
from index.articles.spans import Span

edits = st.lists(
    st.tuples(st.integers(0, 30), st.integers(0, 30), st.sampled_from(["", "x", ", ", " (y)"]))
).map(lambda found: ordered(Edit(min(a, b), max(a, b), text) for a, b, text in found))


def test_a_reading_knows_where_its_words_are_written() -> None:
    found = read_as("| Aas | \ufb01ve", [Edit(0, 2), Edit(5, 8, " (Name), "), Edit(8, 9, "fi")])
    assert found.text == "Aas (Name), five"
    assert found.starts is not None
    name = found.text.index("N")
    assert found.starts[:3] == (2, 3, 4)
    assert (found.starts[name], found.parts[:3], found.parts[-1]) == (-1, (0, 0, 0), 1)
    # Both letters stand for the ligature.
    assert (found.starts[12:14], found.ends[12:14]) == ((8, 8), (9, 9))


def test_a_text_without_edits_is_read_as_it_is() -> None:
    assert read_as("It broke.", ()).starts is None


@given(st.text(min_size=30, max_size=40), edits)
def test_every_code_point_that_is_read_is_placed(text: str, found: tuple[Edit, ...]) -> None:
    reading = read_as(text, found)
    assert reading.text == words_as_read(text, found)
    assert len(blanked(text, found, Span(0, len(text)))) == len(text)
    if reading.starts is not None:
        assert len(reading.text) == len(reading.starts) == len(reading.ends) == len(reading.parts)
        assert all(-1 <= start <= len(text) for start in reading.starts)


def test_of_edits_that_overlap_the_first_and_longest_is_kept() -> None:
    assert ordered([Edit(3, 5), Edit(1, 4), Edit(1, 2), Edit(4, 4)]) == (Edit(1, 4), Edit(4, 4))


def test_a_line_without_a_stop_is_read_with_one() -> None:
    def stops(text: str, kind: Kind) -> list[str]:
        return [edit.text for edit in ended(text, Block(Span(0, len(text)), kind)).edits]

    assert stops("2 tsp salt", Kind.ITEM) == ["."]
    assert stops("**Who came**", Kind.ITEM) == ["."]
    assert stops("**Who came?**", Kind.HEADING) == []
    assert stops("It broke", Kind.PARAGRAPH) == []
