"""Components that an evaluation can leave out, to measure what each contributes."""

from enum import StrEnum


class Component(StrEnum):
    """A component that can be ablated; the comment says what happens without it."""

    KEYWORDS = "keywords"
    """Passages are ranked by their vectors, and by the text around them, only."""
    VECTORS = "vectors"
    """Passages are ranked by keywords only; confidence still uses similarity."""
    PARTS = "parts"
    """A passage's score says nothing of the text around it."""
    DUPLICATES = "duplicates"
    """Near-duplicate passages are read separately instead of once."""
    READER = "reader"
    """The first sentence of each passage is its answer."""
    ACCURATE = "accurate"
    """Passages are read by the fast reader only."""
    STOPPING = "stopping"
    """All passages are read, even when an early answer is already confident."""
    DATES = "dates"
    """Days that a question names do not rank the passages of their articles higher."""
    HISTORY = "history"
    """Follow-ups are searched for as typed, without the turns before them."""
