"""The entries of the transcript, one under the other, in rows of the same width."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from tui.chat.transcript.entries import Entry
from tui.chat.transcript.rows import CitationAt, Fold, Row, greeting, rows, targets


@dataclass(frozen=True, slots=True)
class Chosen:
    """A target of an entry, by the entry's number from 0."""

    entry: int
    target: CitationAt | Fold


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing is chosen."""


@dataclass(frozen=True, slots=True)
class Place:
    """A row of an entry, both by their numbers from 0."""

    entry: int
    row: int


@dataclass(frozen=True, slots=True)
class Block:
    """An entry, and the rows that it was last written in."""

    entry: Entry
    unfolded: bool = False
    note: str = ""
    width: int = -1
    rows: tuple[Row, ...] = ()

    def written(self, width: int) -> "Block":
        """Give it in rows of this width."""
        if width == self.width:
            return self
        written = tuple(rows(self.entry, self.unfolded, self.note, width))
        return replace(self, width=width, rows=written)

    def changed(self, *, unfolded: bool, note: str) -> "Block":
        """Give it otherwise, to be written anew."""
        return Block(self.entry, unfolded, note)


class Blocks:
    """Holds the entries; they have rows once `write` was called."""

    def __init__(self, entries: Sequence[Entry] = ()) -> None:
        self._blocks = [Block(entry) for entry in entries]
        self._starts = [0]
        self._greeting: tuple[Row, ...] = ()

    def __len__(self) -> int:
        return len(self._blocks)

    def __getitem__(self, number: int) -> Block:
        return self._blocks[number]

    @property
    def entries(self) -> list[Entry]:
        """The entries, in order."""
        return [block.entry for block in self._blocks]

    def add(self, entry: Entry) -> None:
        """Add an entry beneath the others."""
        self._blocks.append(Block(entry))

    def replace(self, number: int, entry: Entry) -> None:
        """Put an entry in another's place."""
        self._blocks[number] = Block(entry)

    def note(self, number: int, note: str) -> None:
        """Have a note stand beneath an entry."""
        block = self._blocks[number]
        self._blocks[number] = block.changed(unfolded=block.unfolded, note=note)

    def toggle(self, number: int) -> None:
        """Unfold the further answers of an entry, or fold them again."""
        block = self._blocks[number]
        self._blocks[number] = block.changed(unfolded=not block.unfolded, note=block.note)

    def write(self, width: int) -> None:
        """Write anew what is not written in this width; without a width, nothing."""
        self._blocks = [block.written(width) for block in self._blocks] if width else self._blocks
        heights = [len(block.rows) for block in self._blocks]
        self._starts = list(accumulate(heights, initial=0))
        self._greeting = tuple(greeting(width)) if width and not self._blocks else ()

    @property
    def height(self) -> int:
        """Rows altogether."""
        return self._starts[-1] or len(self._greeting)

    @property
    def last_start(self) -> int:
        """The row that the last entry begins at."""
        return self._starts[-2] if len(self._starts) > 1 else 0

    @property
    def rows(self) -> list[Row]:
        """All rows."""
        return [row for block in self._blocks for row in block.rows] or list(self._greeting)

    def row(self, y: int) -> Row:
        """Give a row by its number, which is less than the height."""
        place = self.place(y)
        return self._blocks[place.entry].rows[place.row] if self._blocks else self._greeting[y]

    def place(self, y: int) -> Place:
        """Tell which entry a row belongs to; that of no entry belongs to the last."""
        entry = max(0, min(bisect_right(self._starts, y) - 1, len(self._blocks) - 1))
        return Place(entry, y - self._starts[entry])

    def row_of(self, place: Place) -> int:
        """Give the number of a row of an entry, of its last row where it has so many no more."""
        if not self._blocks:
            return 0
        height = self._starts[place.entry + 1] - self._starts[place.entry]
        return self._starts[place.entry] + min(place.row, height - 1)

    def rows_of(self, chosen: Chosen) -> range:
        """Give the rows that what is chosen stands in."""
        places = [
            at for at, row in enumerate(self[chosen.entry].rows) if row.target == chosen.target
        ]
        start = self._starts[chosen.entry] + places[0]
        return range(start, start + len(places))

    def targets(self) -> list[Chosen]:
        """Give all that can be chosen, in order."""
        return [
            Chosen(number, target)
            for number, block in enumerate(self._blocks)
            for target in targets(block.entry, block.unfolded)
        ]
