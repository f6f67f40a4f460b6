import pytest

from index.articles.places import Anchor, Place, Places, anchors_within, place_named
from index.articles.spans import Span

PAGES = Places((Anchor(0, Place(1, 1, page=1)), Anchor(10, Place(2, 1, page=1))))


def test_a_place_follows_from_the_anchor_before_it() -> None:
    assert PAGES.at(0) == Place(1, 1, page=1)
    assert PAGES.at(9) == Place(1, 10, page=1)
    assert PAGES.at(12) == Place(2, 3, page=1)


def test_anchors_of_a_span_begin_at_its_start() -> None:
    assert PAGES.within(Span(8, 14)) == (
        Anchor(0, Place(1, 9, page=1)),
        Anchor(2, Place(2, 1, page=1)),
    )
    assert PAGES.within(Span(10, 14)) == (Anchor(0, Place(2, 1, page=1)),)
    assert anchors_within((), Span(0, 3)) == ()


@pytest.mark.parametrize(
    ("place", "label", "short", "words"),
    [
        (Place(11, 5), "11:5", "11", "line 11"),
        (Place(8, 3, page=12), "12:8", "12:8", "page 12, line 8"),
        (Place(40, 3, chapter="three.xhtml"), "three.xhtml:40", "three.xhtml:40",
         "three.xhtml, line 40"),
        (Place(1, 3, paragraph=4), "4", "4", "paragraph 4"),
    ],
)  # fmt: skip
def test_a_place_is_named_and_found_by_its_name(
    place: Place, label: str, short: str, words: str
) -> None:
    assert (place.label, place.short_label, place.words) == (label, short, words)
    found = place_named(short, place)
    assert found is not None
    assert found.short_label == short


@pytest.mark.parametrize("label", ["", "0", "x", "1:0", "1:2:3", "-1", "1:", "²"])
def test_what_names_no_place(label: str) -> None:
    assert place_named(label, Place(1, 1)) is None


def test_a_line_is_between_others_of_the_same_chapter_only() -> None:
    first, last = Place(9, 1, page=2), Place(3, 1, page=3)
    assert Place(1, 1, page=3).is_between(first, last)
    assert Place(9, 1, page=2).is_between(first, last)
    assert not Place(8, 1, page=2).is_between(first, last)
    assert not Place(4, 1, page=3).is_between(first, last)
    assert not Place(2, 1, chapter="b").is_between(
        Place(1, 1, chapter="a"), Place(9, 1, chapter="a")
    )
