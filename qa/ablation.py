"""Parts of the way of a question that can be left out, to see what each is worth."""

from enum import StrEnum


class Component(StrEnum):
    """A part that an ablation leaves out."""

    KEYWORDS = "keywords"
    """Passages are ranked by vectors alone."""
    VECTORS = "vectors"
    """Passages are ranked by keywords alone; confidence still looks at similarity."""
    DUPLICATES = "duplicates"
    """Near-duplicates each take a place of their own among the passages read."""
    READER = "reader"
    """The first sentence of each passage stands for its answer."""
    STOPPING = "stopping"
    """Every passage is read, however sure the answer is by then."""
    HISTORY = "history"
    """Follow-ups are searched for as they were asked."""
