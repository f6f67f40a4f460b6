import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from index.articles.files import Root
from index.articles.passages import PassageSettings
from index.build.events import Progress, Stage, Summary
from index.build.pipeline import BuildRequest, build
from index.errors import BadRequest, IndexDamaged, IndexUnreadable, IndexUnwritable
from index.search.vector_file import VectorFile, VectorWriter
from index.storage.store import Store
from tests.fakes import EncoderKilled, FakeEncoder, fake_model, fake_vectors


@dataclass
class Desk:
    """A folder of articles and its index."""

    folder: Path
    encoder: FakeEncoder = field(default_factory=FakeEncoder)

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
        """Build with a new encoder, which the test can ask afterwards."""
        self.encoder = FakeEncoder()
        request = request or BuildRequest(fake_model(), (self.root,))
        *_, last = build(self.store, request, self.encoder)
        assert isinstance(last, Summary)
        return last

    def texts(self) -> dict[str, list[str]]:
        """The passages of the published index by the article's place, each with the right vector
        and among what its own words find."""
        with closing(self.store.open()) as opened:
            generation = opened.generation
            found: dict[str, list[str]] = {}
            for article in generation.catalog.articles():
                passages = generation.catalog.passages_of(article)
                assert [one.id for one in passages] == list(article.passages)
                title = article.article.title
                for one in passages:
                    embedded = f"{title}\n{one.passage.text}" if title else one.passage.text
                    np.testing.assert_allclose(
                        generation.vectors.rows([one.id]), fake_vectors([embedded]), atol=1e-3
                    )
                    assert one.id in generation.keywords.search(one.passage.text, 99)
                found[article.found.relative] = [one.passage.text for one in passages]
            return found


PORT = "The port is to be closed. Nobody has the money."
MILL = "The mill was sold in May. It is very old."
DAM = "The dam broke at night. Nobody was hurt there."


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    desk.write("port.txt", PORT)
    desk.write("in/mill.txt", MILL)
    return desk


def many(count: int) -> str:
    """So many passages, each a region of its own between advertisements."""
    return "\n\nAdvertisement\n\n".join(
        f"Ship {i} left the port. It was late." for i in range(count)
    )


def test_a_first_build_embeds_and_publishes_everything(desk: Desk) -> None:
    summary = desk.build()
    assert (summary.added, summary.articles, summary.passages, summary.embedded) == (2, 2, 2, 2)
    assert (summary.published, summary.rebuild_reason, summary.reused) == (True, None, 0)
    assert desk.texts() == {"port.txt": [PORT], "in/mill.txt": [MILL]}
    assert desk.store.remembered_roots() == (desk.root,)


def test_progress_is_told_stage_by_stage(desk: Desk) -> None:
    desk.write("many.txt", many(40))
    *told, _ = build(desk.store, BuildRequest(fake_model(), (desk.root,)), FakeEncoder())
    steps = [(one.stage, one.done, one.total) for one in told if isinstance(one, Progress)]
    assert steps == [
        *[(Stage.READ, done, 3) for done in (1, 2, 3)],
        *[(Stage.EMBED, done, 42) for done in (0, 32, 42)],
        *[(Stage.WRITE, done, 5) for done in range(6)],
    ]


def test_batches_hold_texts_of_like_length_the_longest_first(desk: Desk) -> None:
    for i in range(40):
        desk.write(f"{i}.txt", "The " + "old " * (i + 3) + f"port {i} closed.")
    desk.build()
    assert [len(batch) for batch in desk.encoder.batches] == [32, 10]
    lengths = desk.encoder.count(desk.encoder.texts)
    assert lengths == sorted(lengths, reverse=True)


def test_nothing_changed_means_nothing_done(desk: Desk) -> None:
    desk.build()
    before = desk.store.current()
    for request in (None, BuildRequest(fake_model())):
        summary = desk.build(request)
        assert (summary.unchanged, summary.embedded, summary.published) == (2, 0, False)
        assert desk.encoder.batches == []
        assert desk.store.current() == before


def test_an_edit_of_the_same_size_and_time_is_seen(desk: Desk) -> None:
    path = desk.news / "port.txt"
    before = path.stat()
    desk.build()
    path.write_text(PORT.replace("closed", "opened"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert desk.build().changed == 1
    assert desk.texts()["port.txt"] == [PORT.replace("closed", "opened")]


def test_a_removed_article_vanishes(desk: Desk) -> None:
    desk.build()
    (desk.news / "port.txt").unlink()
    summary = desk.build()
    assert (summary.removed, summary.unchanged, summary.published) == (1, 1, True)
    assert desk.encoder.batches == []
    assert desk.texts() == {"in/mill.txt": [MILL]}


def test_when_the_last_article_goes_the_index_is_empty(desk: Desk) -> None:
    desk.build()
    (desk.news / "port.txt").unlink()
    (desk.news / "in/mill.txt").unlink()
    assert desk.build().passages == 0
    assert desk.texts() == {}
    desk.write("dam.txt", DAM)
    assert desk.build().added == 1
    assert desk.texts() == {"dam.txt": [DAM]}


def test_a_renamed_article_keeps_its_vectors(desk: Desk) -> None:
    desk.build()
    (desk.news / "port.txt").rename(desk.news / "harbour.txt")
    summary = desk.build()
    assert (summary.added, summary.removed, summary.embedded, summary.reused) == (1, 1, 0, 1)
    assert desk.encoder.batches == []
    assert desk.texts() == {"harbour.txt": [PORT], "in/mill.txt": [MILL]}


def test_of_an_edited_article_only_the_changed_passages_are_embedded(desk: Desk) -> None:
    desk.write("many.txt", many(6))
    desk.build()
    desk.write("many.txt", many(6).replace("Ship 3", "Boat 3"))
    summary = desk.build()
    assert (summary.changed, summary.embedded, summary.reused) == (1, 1, 5)
    assert desk.encoder.texts == ["Boat 3 left the port. It was late."]
    assert desk.texts()["many.txt"][3] == "Boat 3 left the port. It was late."


def test_a_text_that_stands_twice_is_embedded_once(desk: Desk) -> None:
    desk.write("copy.txt", PORT)
    summary = desk.build()
    assert (summary.passages, summary.embedded, summary.reused) == (3, 2, 1)
    assert len(desk.texts()) == 3


def test_a_killed_build_keeps_the_vectors_it_had_finished(desk: Desk) -> None:
    desk.write("many.txt", many(100))
    request = BuildRequest(fake_model(), (desk.root,))
    killed = FakeEncoder(batches_left=2)
    with pytest.raises(EncoderKilled):
        list(build(desk.store, request, killed))
    assert not desk.store.exists()
    summary = desk.build()
    assert (summary.embedded, summary.reused) == (102 - 64, 64)
    assert not set(desk.encoder.texts) & set(killed.texts)
    assert len(desk.texts()["many.txt"]) == 100
    assert list(desk.store.embedded_folder.iterdir()) == []


def test_a_build_that_is_let_go_frees_the_index(desk: Desk) -> None:
    steps = build(desk.store, BuildRequest(fake_model(), (desk.root,)), FakeEncoder())
    next(steps)
    assert isinstance(steps, Iterator)
    del steps
    assert desk.build().published


def spoil_vectors(store: Store) -> None:
    (path,) = store.generation_folder(store.current()).glob("segments/*/vectors.f16")
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def spoil_current(store: Store) -> None:
    (store.folder / "CURRENT").write_bytes(b"20000101-000000-abcdef\n")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [(spoil_vectors, "checksum mismatch"), (spoil_current, "is missing")],
)
def test_a_damaged_index_is_built_anew_and_the_reason_told(
    desk: Desk, spoil: Callable[[Store], None], told: str
) -> None:
    desk.build()
    spoil(desk.store)
    with pytest.raises(IndexDamaged):
        desk.store.open()
    summary = desk.build()
    assert summary.rebuild_reason is not None
    assert told in summary.rebuild_reason
    assert (summary.embedded, summary.published) == (2, True)
    assert len(desk.texts()) == 2


def test_another_model_means_all_anew(desk: Desk) -> None:
    desk.build()
    summary = desk.build(BuildRequest(fake_model("b" * 64, "other")))
    assert summary.rebuild_reason == "it was built with another model, fake"
    assert summary.embedded == 2
    manifest = desk.store.manifest()
    assert manifest is not None
    assert manifest.model.name == "other"


def test_other_passage_settings_mean_all_anew(desk: Desk) -> None:
    desk.build()
    summary = desk.build(BuildRequest(fake_model(), settings=PassageSettings(8, 0)))
    assert summary.rebuild_reason == "it was built with other passage settings"
    assert desk.texts()["port.txt"] == ["The port is to be closed.", "Nobody has the money."]


def test_a_full_build_embeds_everything_again(desk: Desk) -> None:
    desk.build()
    summary = desk.build(BuildRequest(fake_model(), full=True))
    assert (summary.rebuild_reason, summary.embedded, summary.published) == ("--full", 2, True)


def test_a_remembered_root_that_is_missing_keeps_its_articles(desk: Desk) -> None:
    other = Root("other", str(desk.folder / "other"))
    Path(other.path).mkdir()
    (Path(other.path) / "dam.txt").write_text(DAM, encoding="utf-8")
    desk.build(BuildRequest(fake_model(), (desk.root, other)))
    Path(other.path).rename(desk.folder / "unmounted")
    desk.write("port.txt", PORT.replace("closed", "opened"))
    summary = desk.build()
    assert [(lost.root, lost.articles) for lost in summary.missing_roots] == [(other, 1)]
    assert (summary.removed, summary.changed, summary.articles) == (0, 1, 3)
    assert desk.texts()["dam.txt"] == [DAM]
    # Named in another way just as it went.
    again = Root("elsewhere", other.path)
    assert desk.build(BuildRequest(fake_model(), (again,))).articles == 3
    assert desk.store.remembered_roots() == (desk.root, again)


def test_a_forgotten_root_takes_its_articles_along(desk: Desk) -> None:
    part = Root("part", str(desk.news / "in"))
    desk.build(BuildRequest(fake_model(), (desk.root, part)))
    summary = desk.build(BuildRequest(fake_model(), forget=(desk.root,)))
    assert (summary.removed, summary.embedded) == (1, 0)
    assert desk.texts() == {"mill.txt": [MILL]}
    assert desk.store.remembered_roots() == (part,)


def test_a_root_that_was_never_indexed_cannot_be_forgotten(desk: Desk) -> None:
    desk.build()
    with pytest.raises(BadRequest, match="other is not among the indexed folders"):
        desk.build(BuildRequest(fake_model(), forget=(Root("other", "/other"),)))


def test_what_is_skipped_is_told_and_the_rest_goes_on(desk: Desk) -> None:
    desk.write("binary.txt", "\0")
    desk.write("empty.txt", "")
    desk.write("paper.pdf", "%PDF")
    desk.write("large.txt", "a" * 200)
    (desk.news / "link.txt").symlink_to("port.txt")
    os.mkfifo(desk.news / "pipe.txt")
    summary = desk.build(BuildRequest(fake_model(), (desk.root,), max_bytes=100))
    assert {Path(one.path).name: one.reason.split(":")[0] for one in summary.skipped} == {
        "binary.txt": "binary",
        "empty.txt": "no sentence to read",
        "large.txt": "200 bytes, over the limit of 100 (raise it with --max-bytes)",
        "link.txt": "a link; links are not followed",
        "paper.pdf": "not .txt or .md",
        "pipe.txt": "a FIFO, not a regular file",
    }
    assert sorted(desk.texts()) == ["in/mill.txt", "port.txt"]


def test_what_cannot_be_deleted_after_publishing_does_not_fail_the_build(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> None:
        raise OSError(5, os.strerror(5))

    monkeypatch.setattr(Path, "unlink", refuse)
    assert desk.build().published
    monkeypatch.undo()
    desk.write("dam.txt", DAM)
    assert desk.build().embedded == 1
    assert list(desk.store.embedded_folder.iterdir()) == []


@pytest.mark.parametrize(
    "step",
    [
        "build.writer.link_or_copy",
        "storage.passage_table.PassageWriter.take",
        "storage.passage_table.PassageWriter.finish",
        "search.vector_file.VectorWriter.finish",
        "build.writer.write_articles",
        "build.writer.update_keywords",
        "build.writer.seal",
        "build.pipeline.Store.publish",
    ],
)
def test_a_full_disk_at_any_step_leaves_the_old_index(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    desk.build()
    before = desk.store.current()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"index.{step}", full)
    desk.write("dam.txt", DAM)
    with pytest.raises(IndexUnwritable, match=r"No space left on device; the index is as it was"):
        desk.build()
    assert desk.store.current() == before
    assert sorted(desk.texts()) == ["in/mill.txt", "port.txt"]
    monkeypatch.undo()
    # The vector was finished before the disk was full.
    summary = desk.build()
    assert (summary.embedded, summary.reused) == (0, 1)
    assert len(desk.texts()) == 3
    assert len(list((desk.store.folder / "generations").iterdir())) == 2


def test_what_cannot_be_read_at_the_moment_leaves_the_old_index(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.build()
    before = desk.store.current()

    def refuse(path: Path, _dimension: int) -> None:
        raise IndexUnreadable(str(path), "Input/output error")

    monkeypatch.setattr(VectorFile, "open", refuse)
    desk.write("dam.txt", DAM)
    told = r"vectors\.f16: Input/output error; the index is as it was before$"
    with pytest.raises(IndexUnwritable, match=told):
        desk.build()
    assert desk.store.current() == before
    monkeypatch.undo()
    assert desk.build().rebuild_reason is None


def test_what_does_not_read_back_is_not_published(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = VectorWriter.finish
    monkeypatch.setattr(VectorWriter, "finish", lambda self, rows: finish(self, rows - 1))
    with pytest.raises(IndexUnwritable, match=r"did not read back \(.*vectors.f16 holds 1 of 2"):
        desk.build()
    assert not desk.store.exists()


@pytest.mark.parametrize("place", ["", "deep/index"])
def test_an_index_inside_the_articles_is_refused(desk: Desk, place: str) -> None:
    store = Store(desk.news / place)
    with pytest.raises(BadRequest):
        list(build(store, BuildRequest(fake_model(), (desk.root,)), FakeEncoder()))
    assert not (desk.news / "deep").exists()
    assert not (desk.news / "byline-index").exists()


def test_nothing_to_index_is_told(desk: Desk) -> None:
    with pytest.raises(BadRequest, match="name a folder: byline index FOLDER"):
        desk.build(BuildRequest(fake_model()))
    empty = Root("empty", str(desk.folder / "empty"))
    Path(empty.path).mkdir()
    summary = desk.build(BuildRequest(fake_model(), (empty,)))
    assert (summary.articles, summary.published) == (0, False)


def test_what_was_indexed_is_known_though_the_generation_is_lost(desk: Desk) -> None:
    desk.build()
    before = desk.texts()
    shutil.rmtree(desk.store.folder / "generations")
    assert desk.store.remembered_roots() == (desk.root,)
    again = desk.build(BuildRequest(fake_model()))
    assert (again.added, again.published) == (len(before), True)
    assert desk.texts() == before
