"""How much of a large article is read to show a part of it."""

from itertools import islice

import pytest

from index.articles.text import Place
from tests.tui.chat.source.fakes import Repeated, scanned
from tui.chat import source_pieces
from tui.chat.source.paged_text import BLOCK, SourceText, open_text
from tui.chat.source_pieces import PIECE, pieces_before, pieces_from

LINE = b"It rained in the morning, and the port was closed for the day.\n"


def test_looking_something_up_in_100_mb_reads_few_blocks() -> None:
    article = Repeated(LINE, 100_000_000 // len(LINE))
    text = open_text(article)
    assert isinstance(text, SourceText)
    assert article.read_here <= BLOCK
    for _ in text.scan():
        pass
    assert article.read_here <= article.size + BLOCK
    article.read_by.clear()
    line = article.times // 2
    assert text.byte_of(Place(line, 11)) == (line - 1) * len(LINE) + 10
    assert text.place_of((line - 1) * len(LINE) + 10) == Place(line, 11)
    around = [*islice(pieces_from(text, line * len(LINE)), 100)]
    around += islice(pieces_before(text, line * len(LINE)), 20)
    assert len(around) == 120
    # A block for each look-up, and for each step back; 8 KiB for each piece.
    assert article.read_here < 60 * BLOCK


def test_a_line_of_5_mb_is_read_where_it_is_looked_at() -> None:
    article = Repeated(LINE[:-1] + b" ", 5_000_000 // len(LINE))
    text = open_text(article)
    assert isinstance(text, SourceText)
    for _ in text.scan():
        pass
    article.read_by.clear()
    piece = next(pieces_from(text, 2_500_000))
    assert piece.line == 1
    assert piece.end - piece.start <= 2 * PIECE
    assert article.read_here <= 2 * BLOCK


def test_a_line_is_one_piece_unless_it_is_very_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_pieces, "PIECE", 16)
    monkeypatch.setattr(source_pieces, "_LOOK_BACK", 6)
    pieces = list(pieces_from(scanned(b"one two three four five\nsix\n\n"), 0))
    # The space before the sixteenth byte parts it.
    places = [(one.line, one.start, one.end) for one in pieces]
    assert places == [(1, 0, 14), (1, 14, 23), (2, 24, 27), (3, 28, 28)]
    assert [one.is_line_start for one in pieces] == [True, False, True, True]
    assert [one.is_line_end for one in pieces] == [False, True, True, True]
