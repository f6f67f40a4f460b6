"""Updates of an index made of segments: what changed is written, all else is shared."""

import hashlib
import os
import random
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from index.articles.files import Root
from index.build.events import Summary
from index.build.merge_policy import Growth
from index.build.pipeline import BuildRequest, build
from index.disk.durable_files import FileRecord, file_faults
from index.storage.store import Store
from tests.fakes import FakeEncoder, fake_model, fake_vectors

PASSAGES = 10


def text(name: str) -> str:
    """So many passages, each a region of its own between advertisements."""
    return "\n\nAdvertisement\n\n".join(
        f"Ship {i} of {name} left the port. It was late." for i in range(PASSAGES)
    )


@dataclass
class Desk:
    """A folder of articles and its index."""

    folder: Path
    growth: Growth = field(default_factory=Growth)

    @property
    def store(self) -> Store:
        return Store(self.folder / "index")

    def write(self, name: str, content: str = "") -> None:
        path = self.folder / "news" / f"{name}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(content or text(name), encoding="utf-8")

    def delete(self, name: str) -> None:
        (self.folder / "news" / f"{name}.txt").unlink()

    def build(self) -> Summary:
        root = Root("news", str(self.folder / "news"))
        request = BuildRequest(fake_model(), (root,), growth=self.growth)
        *_, last = build(self.store, request, FakeEncoder())
        assert isinstance(last, Summary)
        return last

    def sizes(self) -> list[int]:
        """The rows of the segments."""
        manifest = self.store.manifest()
        assert manifest is not None
        return [segment.rows for segment in manifest.segments]

    def check(self) -> None:
        """Look that the index says of every article what a first build says of it."""
        with closing(self.store.open(thorough=True)) as opened:
            generation = opened.generation
            generation.check()
            names = sorted(path.name for path in (self.folder / "news").iterdir())
            articles = generation.catalog.articles()
            assert [one.found.relative for one in articles] == names
            assert len({one.id for one in articles}) == len(articles)
            expected = {name: (self.folder / "news" / name).read_text() for name in names}
            for article in articles:
                stored = generation.catalog.passages_of(article)
                assert [one.id for one in stored] == list(article.passages)
                assert {one.article_id for one in stored} == {article.id}
                texts = [one.passage.text for one in stored]
                content = expected[article.found.relative]
                assert texts == content.split("\n\nAdvertisement\n\n")
                np.testing.assert_allclose(
                    generation.vectors.rows(article.passages), fake_vectors(texts), atol=1e-3
                )
                some = stored[-1]
                assert generation.keywords.search(some.passage.text, 1) == [some.id]
                (best, *_) = generation.vectors.search(fake_vectors([texts[-1]])[0], 1)
                assert best.passage == some.id
            everywhere = generation.vectors.search(fake_vectors(["ship"])[0], 10_000)
            live = {number for article in articles for number in article.passages}
            assert {hit.passage for hit in everywhere} == live
            assert set(generation.keywords.search("ship tug", 10_000)) == live


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    for number in range(20):
        desk.write(f"a{number}")
    desk.build()
    return desk


def digests(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file() and "lock" not in path.name]
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in paths
    }


def test_what_did_not_change_is_the_same_file(desk: Desk) -> None:
    old = desk.store.generation_folder(desk.store.current())
    desk.write("b")
    with closing(desk.store.open()):
        before = digests(old)
        inodes = {name: (old / name).stat().st_ino for name in before}
        desk.build()
        new = desk.store.generation_folder(desk.store.current())
        shared = {
            name for name in digests(new) if (new / name).stat().st_ino == inodes.get(name, 0)
        }
        # Of the old generation nothing changed, though tantivy wrote beside links to its files.
        assert digests(old) == before
    assert {name for name in before if name.startswith("segments/")} < shared
    alone = {name for name in before if name not in shared}
    assert alone == {
        "manifest.json", "articles.sqlite", "keywords/meta.json", "keywords/.managed.json",
    }  # fmt: skip
    assert desk.sizes() == [200, 10]
    desk.check()


def test_a_changed_article_is_dropped_where_it_was_and_added_anew(desk: Desk) -> None:
    desk.write("a3", "The tug left. It was new.")
    assert desk.build().embedded == 1
    assert desk.sizes() == [200, 1]
    desk.check()
    with closing(desk.store.open()) as opened:
        assert sum(map(len, opened.generation.vectors.dropped)) == PASSAGES


def test_segments_are_merged_as_they_grow(desk: Desk) -> None:
    seen = []
    for number in range(6):
        desk.write(f"b{number}")
        desk.build()
        seen.append(desk.sizes())
        desk.check()
    assert seen == [[200, 10], [200, 20], [200, 30], [200, 30, 10], [200, 50], [200, 50, 10]]


def test_where_too_much_is_gone_all_is_written_without_it(desk: Desk) -> None:
    for number in range(4):
        desk.delete(f"a{number}")
    desk.build()
    assert desk.sizes() == [200]
    desk.check()
    desk.delete("a4")
    desk.write("a5", "The tug left. It was new.")
    summary = desk.build()
    assert (summary.removed, summary.changed, summary.embedded) == (1, 1, 1)
    assert desk.sizes() == [141]
    desk.check()
    with closing(desk.store.open()) as opened:
        assert opened.generation.vectors.dropped == ()


def test_removals_alone_write_no_segment(desk: Desk) -> None:
    desk.delete("a7")
    assert desk.build().embedded == 0
    assert desk.sizes() == [200]
    desk.check()


def test_a_dropped_passage_s_vector_serves_the_same_text_elsewhere(desk: Desk) -> None:
    desk.delete("a7")
    desk.build()
    desk.write("c", text("a7"))
    summary = desk.build()
    assert (summary.embedded, summary.reused) == (0, PASSAGES)
    desk.check()


@pytest.mark.parametrize("seed", range(4))
def test_any_history_of_updates_ends_as_one_build_would(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    desk = Desk(tmp_path, Growth(ratio=2, most_segments=3))
    desk.write("first")
    there = {"first"}
    for step in range(12):
        for _ in range(chance.randint(0, 3)):
            name = f"n{chance.randint(0, 12)}"
            if name in there and chance.random() < 0.5:
                desk.delete(name)
                there.remove(name)
            else:
                desk.write(name, text(f"{name} edition {step}"))
                there.add(name)
        desk.build()
        desk.check()


def test_without_hard_links_files_are_copied(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(_source: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("index.disk.durable_files.os.link", no_links)
    desk.write("b")
    desk.build()
    assert desk.sizes() == [200, 10]
    desk.check()


def test_a_linked_file_is_not_hashed_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.storage.hash_cache.SMALL", 0)
    folder = desk.store.generation_folder(desk.store.current())
    manifest = desk.store.manifest()
    assert manifest is not None
    for name in manifest.files:
        os.utime(folder / name, ns=(1, 1))
    desk.store.open().close()
    hashed: list[str] = []

    def counted(folder: Path, files: dict[str, FileRecord], *_: object) -> list[str]:
        hashed.extend(files)
        return file_faults(folder, files)

    monkeypatch.setattr("index.storage.hash_cache.file_faults", counted)
    desk.write("b")
    desk.build()
    # Hashed when it was read back: what is new, of which nothing is of the first segment.
    assert "articles.sqlite" in hashed
    assert not [name for name in hashed if name.startswith("segments/0000000000/")]
    hashed.clear()
    desk.store.open().close()
    assert not [name for name in hashed if name.startswith("segments/0000000000/")]


@pytest.mark.parametrize("spoil", [os.unlink, lambda path: Path(path).write_bytes(b"")])
def test_a_damaged_segment_is_built_anew(desk: Desk, spoil: Callable[[Path], None]) -> None:
    desk.write("b")
    desk.build()
    folder = desk.store.generation_folder(desk.store.current())
    for path in folder.glob("segments/0000000000/*"):
        spoil(path)
    assert desk.build().rebuild_reason
    desk.check()
    assert desk.sizes() == [210]


def test_ids_are_never_given_twice(desk: Desk) -> None:
    seen: dict[int, str] = {}
    for step in range(6):
        desk.write("a1", text(f"a1 edition {step}"))
        desk.build()
        with closing(desk.store.open()) as opened:
            for article in opened.generation.catalog.articles():
                content = article.article.sha256
                assert seen.setdefault(article.id, content) == content
    # The 19 that stayed, and six editions of the other.
    assert len(seen) == 25


def test_other_rules_of_growth_are_heeded(tmp_path: Path) -> None:
    desk = Desk(tmp_path, replace(Growth(), ratio=0, most_segments=99))
    for number in range(5):
        desk.write(f"a{number}")
        desk.build()
    assert desk.sizes() == [10] * 5
    desk.check()
