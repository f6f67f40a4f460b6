"""What a build reports while it runs and when it is done."""

from dataclasses import dataclass
from enum import StrEnum

from index.articles.files import Root, Skipped


class Stage(StrEnum):
    """The stages of a build, in order."""

    READ = "Reading articles"
    EMBED = "Embedding passages"
    WRITE = "Writing the index"


@dataclass(frozen=True, slots=True)
class Progress:
    """Progress within a stage."""

    stage: Stage
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class MissingRoot:
    """A remembered root that is missing; its articles stay as indexed."""

    root: Root
    articles: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The result of a build."""

    added: int
    changed: int
    removed: int
    unchanged: int
    skipped: tuple[Skipped, ...]
    missing_roots: tuple[MissingRoot, ...]
    articles: int
    passages: int
    embedded: int
    """Passages that the model embedded."""
    reused: int
    """Passages of new or changed articles whose vectors existed already."""
    published: bool
    """False if nothing had changed, so that the index stays as it was."""
    rebuild_reason: str | None
    """Why the index was rebuilt from scratch; None if it was not."""
    seconds: float
    mixed: tuple[str, ...] = ()
    """Paths of new or changed articles in UTF-8 with stray bytes, read as Windows-1252."""
    notes: tuple[Skipped, ...] = ()
    """Parts of new or changed articles that have no text, such as scanned pages."""
