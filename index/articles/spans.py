"""Half-open spans of code points."""

import msgspec


# A large article has a hundred thousand spans: a dataclass takes ten times as long to be made.
class Span(msgspec.Struct, frozen=True, gc=False):
    """The code points from `start` up to but not including `end`."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the span's part of a text."""
        return text[self.start : self.end]

    def shifted(self, by: int) -> "Span":
        """Return the span, moved."""
        return Span(self.start + by, self.end + by)

    def trimmed(self, text: str) -> "Span":
        """Return the span without white space at its ends; empty if it holds nothing else."""
        inner = text[self.start : self.end]
        if inner and not (inner[0].isspace() or inner[-1].isspace()):
            return self
        start = self.end - len(inner.lstrip())
        return Span(start, max(start, self.start + len(inner.rstrip())))
