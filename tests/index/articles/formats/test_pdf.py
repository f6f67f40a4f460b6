import random
from itertools import pairwise

import pytest

from index.articles.blocks import Kind
from index.articles.fields import Field
from index.articles.formats.document import ExtractedDocument
from index.articles.formats.pdf import read
from index.articles.parse import structure_of
from index.articles.places import Place
from index.articles.text import NotText
from tests.index.articles.formats.makers import Words, column, pdf

LEFT = [
    "The harbour master of the old town closed",
    "the breakwater on Friday because nobody of",
    "the council had found the money for an inter-",
    "national repair of its walls. The mill across",
    "the river was sold in May to a buyer who had",
]
RIGHT = [
    "never seen it. Fishermen of the town said on",
    "Monday that they would leave for another port",
    "unless the council changed its mind about the",
    "toll. Nobody of the council was there to hear",
    "them, for it had gone to the capital by train.",
]


def document(data: bytes) -> ExtractedDocument:
    found = read(data)
    assert not isinstance(found, NotText), found
    return found


def pages(count: int) -> list[list[Words]]:
    """Pages of two columns, whose right one is drawn first, with a running head and a number."""
    return [
        [
            (400, 760, 9, f"The Harbour Review, {number}"),
            *column(320, 700, RIGHT[number:4] + RIGHT[:number] + RIGHT[4:]),
            *column(72, 700, LEFT[number:] + LEFT[:number]),
            (300, 40, 9, f"- {number} -"),
        ]
        for number in range(1, count + 1)
    ]


def test_two_columns_are_read_one_after_the_other() -> None:
    text = document(pdf([[*column(320, 700, RIGHT), *column(72, 700, LEFT)]])).text.text
    assert text == "\n".join([*LEFT, *RIGHT])


def test_columns_that_are_drawn_line_by_line_are_told_apart() -> None:
    words = [
        one
        for pair in zip(column(72, 700, LEFT), column(320, 700, RIGHT), strict=True)
        for one in pair
    ]
    headline = (
        72.0,
        730.0,
        10.0,
        "A headline that goes over both of the columns of the page, to the right",
    )
    assert document(pdf([[headline, *words]])).text.text.split("\n")[-10:] == LEFT + RIGHT


def test_the_cells_of_a_table_stay_on_their_line() -> None:
    rows: list[Words] = [
        (72 + 150 * cell, 700 - 12 * row, 10, f"cell {row}.{cell}")
        for row in range(9)
        for cell in range(3)
    ]
    assert document(pdf([rows])).text.text.split("\n")[0] == "cell 0.0 cell 0.1 cell 0.2"


def test_a_word_that_is_broken_at_the_end_of_a_line_is_read_whole() -> None:
    found = document(pdf([column(72, 700, LEFT)]))
    assert "inter-\nnational" in found.text.text
    (block,) = found.outline.blocks
    assert [(edit.start, edit.text) for edit in block.edits] == [
        (found.text.text.index("-\nn"), "")
    ]


def test_the_lines_of_a_list_item_stay_together() -> None:
    items = [
        (72.0, 700.0, 10.0, "• The toll of the harbour is to be raised in May for all ships that"),
        (84.0, 688.0, 10.0, "come from other ports of the coast."),
        (72.0, 676.0, 10.0, "• Nobody pays on Sunday."),
    ]
    found = document(pdf([items]))
    said = [block.span.of(found.text.text) for block in found.outline.blocks]
    assert [one.count("\n") for one in said] == [1, 0]
    assert {block.kind for block in found.outline.blocks} == {Kind.ITEM}


def test_running_heads_and_page_numbers_are_boilerplate() -> None:
    found = document(pdf(pages(3)))
    text = found.text.text
    below = {
        block.span.of(text) for block in found.outline.blocks if block.kind is Kind.BOILERPLATE
    }
    heads = {f"The Harbour Review, {number}" for number in (1, 2, 3)}
    assert below == heads | {f"- {number} -" for number in (1, 2, 3)}


def test_a_place_is_a_page_and_a_line_on_it() -> None:
    found = document(pdf(pages(2)))
    at = found.text.text.rindex("national")
    assert found.text.place(at) == Place(3, 1, page=2)
    assert found.text.place(at + 4).label == "2:3"


def test_a_larger_line_is_a_heading_and_the_title() -> None:
    found = document(pdf([[(72, 740, 24, "The breakwater is closed"), *column(72, 700, LEFT)]]))
    assert structure_of(found).title == "The breakwater is closed"
    assert structure_of(found).blocks[0].kind is Kind.TITLE


def test_a_stated_title_counts_only_if_it_is_on_the_first_page() -> None:
    shown = pdf([[(72, 740, 10, "The Toll"), *column(72, 700, LEFT)]], {"Title": "The toll"})
    other = pdf([column(72, 700, LEFT)], {"Title": "Microsoft Word - draft.doc", "Author": "Ben"})
    assert document(shown).outline.title == "The toll"
    assert document(other).outline.title == ""
    assert document(other).outline.facts == (Field("author", "Ben"),)


def test_pages_without_text_are_noted() -> None:
    found = document(pdf([[], column(72, 700, LEFT), [], [], column(72, 700, RIGHT), []]))
    assert found.notes == ("no text on pages 1, 3-4, 6: scanned?",)
    scanned = read(pdf([[], []]))
    assert isinstance(scanned, NotText)
    assert "2 pages" in scanned.reason


def test_damaged_files_are_refused() -> None:
    whole = pdf(pages(2))
    choose = random.Random(7)
    for data in (b"", b"%PDF-1.4\n", whole[:300], b"%PDF-1.7\n" + choose.randbytes(5000)):
        assert isinstance(read(data), NotText)
    for _ in range(40):
        damaged = bytearray(whole)
        for _ in range(20):
            damaged[choose.randrange(len(damaged))] = choose.randrange(256)
        assert isinstance(read(bytes(damaged)), ExtractedDocument | NotText)


def test_every_line_of_a_book_is_where_another_library_finds_it() -> None:
    pypdf = pytest.importorskip("pypdf")
    from io import BytesIO

    data = pdf(pages(4))
    found = document(data)
    reader = pypdf.PdfReader(BytesIO(data))
    texts = [page.extract_text() for page in reader.pages]
    for start, end in pairwise([*found.text.line_starts, len(found.text.text) + 1]):
        line = found.text.text[start : end - 1]
        if line:
            page = found.text.place(start).page
            assert page is not None
            assert line in texts[page - 1]
