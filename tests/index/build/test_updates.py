"""Updates of an index: what changed is written to new segments, the rest is shared."""

import hashlib
import os
import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from index.build.merge_policy import MergePolicy
from index.disk.durable_files import FileRecord, file_faults
from tests.fakes import fake_vectors
from tests.index.build.workspace import BOUNDARY, Workspace, regions

PASSAGES = 10


def article_text(name: str) -> str:
    """Return an article of 10 passages."""
    return regions(f"Ship {i} of {name} left. It was late." for i in range(PASSAGES))


class Updated(Workspace):
    """A folder of articles whose index is updated."""

    def write(self, name: str, text: str = "") -> Path:
        return super().write(f"{name}.txt", text or article_text(name))

    def delete(self, name: str) -> None:
        (self.news / f"{name}.txt").unlink()

    def sizes(self) -> list[int]:
        """Return the number of rows of each segment."""
        manifest = self.store.manifest()
        assert manifest is not None
        return [segment.rows for segment in manifest.segments]

    def check(self) -> None:
        """Check that the index has what a first build of the articles has."""
        with closing(self.store.open(thorough=True)) as opened:
            generation = opened.generation
            generation.check()
            names = sorted(path.name for path in (self.folder / "news").iterdir())
            articles = generation.catalog.articles()
            assert [article.found.relative for article in articles] == names
            assert len({article.id for article in articles}) == len(articles)
            expected = {name: (self.folder / "news" / name).read_text() for name in names}
            for article in articles:
                stored = generation.catalog.passages_of(article)
                assert [passage.id for passage in stored] == list(article.passages)
                assert {passage.article_id for passage in stored} == {article.id}
                texts = [passage.passage.text for passage in stored]
                content = expected[article.found.relative]
                assert texts == content.split(BOUNDARY)
                np.testing.assert_allclose(
                    generation.vectors.rows(article.passages), fake_vectors(texts), atol=1e-3
                )
                last = stored[-1]
                assert list(generation.keywords.search(last.passage.text, 1)) == [last.id]
                (best, *_) = generation.vectors.search(fake_vectors([texts[-1]])[0], 1)
                assert best.passage == last.id
            everywhere = generation.vectors.search(fake_vectors(["ship"])[0], 10_000)
            live = {number for article in articles for number in article.passages}
            assert {hit.passage for hit in everywhere} == live
            assert set(generation.keywords.search("ship tug", 10_000)) == live
            parts = generation.parts.search_parts("ship tug", 10_000)
            assert sorted(number for part in parts for number in part) == sorted(live)


@pytest.fixture
def workspace(tmp_path: Path) -> Updated:
    workspace = Updated(tmp_path)
    for number in range(20):
        workspace.write(f"a{number}")
    workspace.build()
    return workspace


def digests(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file() and "lock" not in path.name]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
    }


def test_unchanged_files_are_shared_between_generations(workspace: Updated) -> None:
    old = workspace.store.generation_folder(workspace.store.current())
    workspace.write("b")
    with closing(workspace.store.open()):
        before = digests(old)
        inodes = {name: (old / name).stat().st_ino for name in before}
        workspace.build()
        new = workspace.store.generation_folder(workspace.store.current())
        shared = {
            name for name in digests(new) if (new / name).stat().st_ino == inodes.get(name, 0)
        }
        # Nothing of the old generation changed, although tantivy wrote next to links to its files.
        assert digests(old) == before
    assert {name for name in before if name.startswith("segments/")} < shared
    not_shared = {name for name in before if name not in shared}
    assert not_shared == {
        "manifest.json", "articles.sqlite", "keywords/meta.json", "keywords/.managed.json",
        "parts/meta.json", "parts/.managed.json",
    }  # fmt: skip
    assert workspace.sizes() == [200, 10]
    workspace.check()


def test_a_changed_article_is_dropped_from_its_segment_and_added_to_a_new_one(
    workspace: Updated,
) -> None:
    workspace.write("a3", "The tug left. It was new.")
    assert workspace.build().embedded == 1
    assert workspace.sizes() == [200, 1]
    workspace.check()
    with closing(workspace.store.open()) as opened:
        assert sum(map(len, opened.generation.catalog.dropped())) == PASSAGES


def test_segments_are_merged_as_they_grow(workspace: Updated) -> None:
    seen = []
    for number in range(6):
        workspace.write(f"b{number}")
        workspace.build()
        seen.append(workspace.sizes())
        workspace.check()
    assert seen == [[200, 10], [200, 20], [200, 30], [200, 30, 10], [200, 50], [200, 50, 10]]


def test_everything_is_rewritten_once_too_many_rows_are_dropped(workspace: Updated) -> None:
    for number in range(4):
        workspace.delete(f"a{number}")
    workspace.build()
    assert workspace.sizes() == [200]
    workspace.check()
    workspace.delete("a4")
    workspace.write("a5", "The tug left. It was new.")
    summary = workspace.build()
    assert (summary.removed, summary.changed, summary.embedded) == (1, 1, 1)
    assert workspace.sizes() == [141]
    workspace.check()
    with closing(workspace.store.open()) as opened:
        assert opened.generation.catalog.dropped() == ()


def test_deletions_alone_write_no_segment(workspace: Updated) -> None:
    workspace.delete("a7")
    assert workspace.build().embedded == 0
    assert workspace.sizes() == [200]
    workspace.check()


def test_the_vector_of_a_dropped_passage_is_reused_for_the_same_text(workspace: Updated) -> None:
    workspace.delete("a7")
    workspace.build()
    workspace.write("c", article_text("a7"))
    summary = workspace.build()
    assert (summary.embedded, summary.reused) == (0, PASSAGES)
    workspace.check()


@pytest.mark.parametrize("seed", range(4))
def test_any_history_of_updates_ends_as_a_first_build_would(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    workspace = Updated(tmp_path, MergePolicy(ratio=2, max_segments=3))
    workspace.write("first")
    present = {"first"}
    for step in range(12):
        for _ in range(chance.randint(0, 3)):
            name = f"n{chance.randint(0, 12)}"
            if name in present and chance.random() < 0.5:
                workspace.delete(name)
                present.remove(name)
            else:
                workspace.write(name, article_text(f"{name} edition {step}"))
                present.add(name)
        workspace.build()
        workspace.check()


def test_without_hard_links_files_are_copied(
    workspace: Updated, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(_source: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("index.disk.durable_files.os.link", no_links)
    workspace.write("b")
    workspace.build()
    assert workspace.sizes() == [200, 10]
    workspace.check()


def test_a_linked_file_is_not_hashed_again(
    workspace: Updated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.storage.hash_cache.SMALL", 0)
    folder = workspace.store.generation_folder(workspace.store.current())
    manifest = workspace.store.manifest()
    assert manifest is not None
    for name in manifest.files:
        os.utime(folder / name, ns=(1, 1))
    workspace.store.open().close()
    hashed: list[str] = []

    def counted(folder: Path, files: dict[str, FileRecord], *_: object) -> list[str]:
        hashed.extend(files)
        return file_faults(folder, files)

    monkeypatch.setattr("index.storage.hash_cache.file_faults", counted)
    workspace.write("b")
    workspace.build()
    # Reading back hashed what is new, and nothing of the first segment.
    assert "articles.sqlite" in hashed
    assert not [name for name in hashed if name.startswith("segments/0000000000/")]
    hashed.clear()
    workspace.store.open().close()
    assert not [name for name in hashed if name.startswith("segments/0000000000/")]


@pytest.mark.parametrize("damage", [os.unlink, lambda path: Path(path).write_bytes(b"")])
def test_an_index_with_a_damaged_segment_is_rebuilt(
    workspace: Updated, damage: Callable[[Path], None]
) -> None:
    workspace.write("b")
    workspace.build()
    folder = workspace.store.generation_folder(workspace.store.current())
    for path in folder.glob("segments/0000000000/*"):
        damage(path)
    assert workspace.build().rebuild_reason
    workspace.check()
    assert workspace.sizes() == [210]


def test_ids_are_never_reused(workspace: Updated) -> None:
    seen: dict[int, str] = {}
    for step in range(6):
        workspace.write("a1", article_text(f"a1 edition {step}"))
        workspace.build()
        with closing(workspace.store.open()) as opened:
            for article in opened.generation.catalog.articles():
                content = article.article.sha256
                assert seen.setdefault(article.id, content) == content
    # The 19 articles that stayed, and six editions of the other.
    assert len(seen) == 25


def test_another_merge_policy_is_followed(tmp_path: Path) -> None:
    workspace = Updated(tmp_path, MergePolicy(ratio=0, max_segments=99))
    for number in range(5):
        workspace.write(f"a{number}")
        workspace.build()
    assert workspace.sizes() == [10] * 5
    workspace.check()
