"""Articles and passages as a generation stores them."""

from dataclasses import dataclass

from index.articles.files import Found
from index.articles.metadata import name_of
from index.articles.parse import Article
from index.articles.passages import Passage

RACY_NS = 2_000_000_000
"""A file written less than this before it was read may have changed again with the same times."""


@dataclass(frozen=True, slots=True)
class StoredArticle:
    """An article of a generation."""

    id: int
    """Unique; stays the same in later generations while the content does."""
    found: Found
    seen_ns: int
    """When its signature was taken, in nanoseconds since the epoch."""
    article: Article
    passages: range
    """Ids of its passages."""

    @property
    def title_or_name(self) -> str:
        """Its title, or the name of its file; empty if that has no word."""
        return self.article.title or name_of(self.found.shown_path)

    @property
    def searched_title(self) -> str:
        """Its title with the name of its file, if that says something else."""
        title, name = self.article.title or "", name_of(self.found.shown_path)
        return title if name == title else f"{title} {name}".strip()


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage of a generation."""

    id: int
    article_id: int
    passage: Passage
    key: bytes
    """SHA-256 of the text that was embedded for it."""


def signature_is_proof(found: Found, stored: StoredArticle) -> bool:
    """Whether a file whose signature is unchanged must also have unchanged content."""
    signature = found.signature
    touched = max(signature.mtime_ns, signature.ctime_ns)
    return signature == stored.found.signature and touched + RACY_NS < stored.seen_ns
