"""Half-open spans of code points."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Code points from `start` up to, and without, `end`."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Cut the span out of its text."""
        return text[self.start : self.end]

    def shifted(self, by: int) -> "Span":
        """Move the span."""
        return Span(self.start + by, self.end + by)

    def trimmed(self, text: str) -> "Span":
        """Leave out the white space at both ends; an empty span where there is nothing else."""
        inner = self.of(text)
        start = self.end - len(inner.lstrip())
        return Span(start, max(start, self.start + len(inner.rstrip())))
