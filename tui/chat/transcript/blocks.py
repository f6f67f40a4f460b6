"""The entries of the transcript as blocks of rows, all of one width."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

from tui.chat.transcript.entries import Entry, Opening
from tui.chat.transcript.rows import Row, Target, rows, targets


@dataclass(frozen=True, slots=True)
class Selected:
    """The selected target of an entry, which is counted from 0."""

    entry: int
    target: Target


@dataclass(frozen=True, slots=True)
class RowIndex:
    """A row of an entry, both counted from 0."""

    entry: int
    row: int


@dataclass(frozen=True, slots=True)
class Block:
    """An entry and its rows at the last width."""

    entry: Entry
    unfolded: bool = False
    note: str = ""
    width: int = -1
    rows: tuple[Row, ...] = ()

    def wrapped(self, width: int) -> "Block":
        """Return the block with rows of this width."""
        if width == self.width:
            return self
        return replace(
            self, width=width, rows=tuple(rows(self.entry, self.unfolded, self.note, width))
        )


class Blocks:
    """The entries in order, the opening while there are none; they have rows after `wrap`."""

    def __init__(self, entries: Sequence[Entry] = (), opening: Opening | None = None) -> None:
        self._blocks = [Block(entry) for entry in entries]
        self._opening = Block(opening or Opening())
        self._starts = [0]

    def __len__(self) -> int:
        return len(self._blocks)

    def __getitem__(self, number: int) -> Block:
        return self._shown[number]

    @property
    def _shown(self) -> list[Block]:
        return self._blocks or [self._opening]

    @property
    def entries(self) -> list[Entry]:
        """The entries, in order."""
        return [block.entry for block in self._blocks]

    def add(self, entry: Entry) -> None:
        """Append an entry."""
        self._blocks.append(Block(entry))

    def replace(self, number: int, entry: Entry) -> None:
        """Replace an entry."""
        self._blocks[number] = Block(entry)

    def note(self, number: int, note: str) -> None:
        """Show a note under an entry."""
        block = self._blocks[number]
        self._blocks[number] = Block(block.entry, block.unfolded, note)

    def toggle(self, number: int) -> None:
        """Unfold the further answers of an entry, or fold them."""
        block = self._blocks[number]
        self._blocks[number] = Block(block.entry, not block.unfolded, block.note)

    def wrap(self, width: int) -> None:
        """Wrap the blocks that do not have this width yet; a width of 0 changes none."""
        if width:
            self._blocks = [block.wrapped(width) for block in self._blocks]
            if not self._blocks:
                self._opening = self._opening.wrapped(width)
        heights = [len(block.rows) for block in self._shown]
        self._starts = list(accumulate(heights, initial=0))

    @property
    def height(self) -> int:
        """The number of rows."""
        return self._starts[-1]

    @property
    def last_start(self) -> int:
        """The first row of the last entry."""
        return self._starts[-2] if len(self._starts) > 1 else 0

    @property
    def rows(self) -> list[Row]:
        """All rows."""
        return [row for block in self._shown for row in block.rows]

    def row(self, y: int) -> Row:
        """Return row `y`, which is less than the height."""
        index = self.index_of(y)
        return self[index.entry].rows[index.row]

    def index_of(self, y: int) -> RowIndex:
        """Return the entry of row `y`; rows after the end belong to the last entry."""
        entry = max(0, min(bisect_right(self._starts, y) - 1, len(self._shown) - 1))
        return RowIndex(entry, y - self._starts[entry])

    def y_of(self, index: RowIndex) -> int:
        """Return the number of an entry's row, or of its last row if it has fewer now."""
        height = self._starts[index.entry + 1] - self._starts[index.entry]
        return self._starts[index.entry] + min(index.row, height - 1)

    def rows_of(self, selected: Selected) -> range:
        """Return the rows of a selected target."""
        found = [
            at for at, row in enumerate(self[selected.entry].rows) if row.target == selected.target
        ]
        start = self._starts[selected.entry] + found[0]
        return range(start, start + len(found))

    def targets(self) -> list[Selected]:
        """Return everything that can be selected, in order."""
        return [
            Selected(number, target)
            for number, block in enumerate(self._shown)
            for target in targets(block.entry, block.unfolded)
        ]
