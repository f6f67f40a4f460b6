from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from index.articles.files import Root
from index.build.events import Summary
from index.build.merge_policy import MergePolicy
from index.build.pipeline import BuildRequest, build
from index.storage.store import Store
from tests.fakes import FakeEncoder, fake_model

BOUNDARY = "\n\n"
"""Between regions of an article, of which each is a passage."""
FILLER = f"It is {'x-' * 69}x - - - -."
"""A sentence of few words and many tokens: its passage has no room for another."""


@dataclass
class Workspace:
    """A folder of articles and its index."""

    folder: Path
    merge_policy: MergePolicy = field(default_factory=MergePolicy)
    encoder: FakeEncoder = field(default_factory=FakeEncoder)
    """Of the last build."""

    @property
    def news(self) -> Path:
        return self.folder / "news"

    @property
    def root(self) -> Root:
        return Root("news", str(self.news))

    @property
    def store(self) -> Store:
        return Store(self.folder / "index")

    def write(self, name: str, text: str) -> Path:
        path = self.news / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def build(self, request: BuildRequest | None = None) -> Summary:
        """Build with a new encoder."""
        self.encoder = FakeEncoder()
        request = request or BuildRequest(
            fake_model(), (self.root,), merge_policy=self.merge_policy
        )
        *_, summary = build(self.store, request, self.encoder)
        assert isinstance(summary, Summary)
        return summary


def regions(texts: Iterable[str]) -> str:
    """Return an article of one passage for each text."""
    return BOUNDARY.join(f"{text} {FILLER}" for text in texts)
