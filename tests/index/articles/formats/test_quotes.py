"""Quotes of real-shaped files are where other libraries find them."""

import random
from dataclasses import replace

import pytest

from index.articles.formats.field_names import JsonFields, use_fields
from qa.answers import Quote
from tests.index.articles.formats.quote_truth import CHECKS, quotes, read, wrong
from tests.index.articles.formats.real_shapes import BODY, MAKERS


@pytest.mark.parametrize("suffix", sorted(MAKERS))
def test_every_quote_is_where_another_library_finds_it(suffix: str) -> None:
    assert wrong(suffix, random.Random(suffix), 1, 60) == []


@pytest.mark.parametrize("suffix", sorted(MAKERS))
def test_a_quote_a_line_away_is_found_out(suffix: str) -> None:
    use_fields(JsonFields(BODY))
    data = MAKERS[suffix](random.Random(1), 1)
    known = quotes(read(f"a.{suffix}", data))
    use_fields(None)
    middle = known[len(known) // 2 : len(known) // 2 + 8]
    assert not all(CHECKS[suffix](data, _moved(quote)) for quote in middle)


def _moved(quote: Quote) -> Quote:
    """The quote, two lines or paragraphs below where it is."""
    moved = [
        (
            at,
            replace(
                place,
                line=place.line + 2 * (place.paragraph is None),
                paragraph=None if place.paragraph is None else place.paragraph - 2,
            ),
        )
        for at, place in quote.anchors
    ]
    return replace(quote, anchors=tuple(type(quote.anchors[0])(*one) for one in moved))
