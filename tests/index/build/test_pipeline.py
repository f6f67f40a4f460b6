import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.articles.files import Root
from index.articles.passages import PassageSettings
from index.build.events import Progress, Stage
from index.build.pipeline import BuildRequest, build
from index.changes import changes
from index.errors import BadRequest, IndexDamaged, IndexUnreadable, IndexUnwritable
from index.search.vector_file import VectorFile, VectorWriter
from index.storage.store import Store
from tests.fakes import EncoderKilled, FakeEncoder, fake_model, fake_vectors
from tests.index.build.workspace import FILLER, Workspace, regions


def indexed_texts(workspace: Workspace) -> dict[str, list[str]]:
    """Return the passages of the published index by the article's relative path.

    Checks that each has the right vector and is found by its own words.
    """
    with closing(workspace.store.open()) as opened:
        generation = opened.generation
        found: dict[str, list[str]] = {}
        for article in generation.catalog.articles():
            passages = generation.catalog.passages_of(article)
            assert [stored.id for stored in passages] == list(article.passages)
            for stored in passages:
                np.testing.assert_allclose(
                    generation.vectors.rows([stored.id]),
                    fake_vectors([stored.passage.text]),
                    atol=1e-3,
                )
                assert stored.id in generation.keywords.search(stored.passage.text, 99)
            found[article.found.relative] = [stored.passage.text for stored in passages]
        return found


PORT = "The port is to be closed. Nobody has the money."
MILL = "The mill was sold in May. It is very old."
DAM = "The dam broke at night. Nobody was hurt there."


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path)
    workspace.write("port.txt", PORT)
    workspace.write("in/mill.txt", MILL)
    return workspace


def many(count: int) -> str:
    """Return an article of some passages."""
    return regions(f"Ship {i} left the port. It was late." for i in range(count))


def test_a_first_build_embeds_and_publishes_everything(workspace: Workspace) -> None:
    summary = workspace.build()
    assert (summary.added, summary.articles, summary.passages, summary.embedded) == (2, 2, 2, 2)
    assert (summary.published, summary.rebuild_reason, summary.reused) == (True, None, 0)
    assert indexed_texts(workspace) == {"port.txt": [PORT], "in/mill.txt": [MILL]}
    assert workspace.store.remembered_roots() == (workspace.root,)


def test_progress_is_reported_for_each_stage(workspace: Workspace) -> None:
    workspace.write("many.txt", many(40))
    *events, _ = build(
        workspace.store, BuildRequest(fake_model(), (workspace.root,)), FakeEncoder()
    )
    steps = [
        (event.stage, event.done, event.total) for event in events if isinstance(event, Progress)
    ]
    assert steps == [
        *[(Stage.READ, done, 3) for done in (1, 2, 3)],
        *[(Stage.EMBED, done, 42) for done in (0, 32, 42)],
        *[(Stage.WRITE, done, 5) for done in range(6)],
    ]


def test_batches_have_texts_of_similar_length_the_longest_first(workspace: Workspace) -> None:
    for i in range(40):
        workspace.write(f"{i}.txt", "The " + "old " * (i + 3) + f"port {i} closed.")
    workspace.build()
    assert [len(batch) for batch in workspace.encoder.batches] == [32, 10]
    lengths = workspace.encoder.count(workspace.encoder.texts)
    assert lengths == sorted(lengths, reverse=True)


def test_a_build_without_changes_does_nothing(workspace: Workspace) -> None:
    workspace.build()
    before = workspace.store.current()
    for request in (None, BuildRequest(fake_model())):
        summary = workspace.build(request)
        assert (summary.unchanged, summary.embedded, summary.published) == (2, 0, False)
        assert workspace.encoder.batches == []
        assert workspace.store.current() == before


def test_an_edit_that_keeps_size_and_mtime_is_indexed(workspace: Workspace) -> None:
    path = workspace.news / "port.txt"
    before = path.stat()
    workspace.build()
    path.write_text(PORT.replace("closed", "opened"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert workspace.build().changed == 1
    assert indexed_texts(workspace)["port.txt"] == [PORT.replace("closed", "opened")]


def test_a_deleted_article_leaves_the_index(workspace: Workspace) -> None:
    workspace.build()
    (workspace.news / "port.txt").unlink()
    summary = workspace.build()
    assert (summary.removed, summary.unchanged, summary.published) == (1, 1, True)
    assert workspace.encoder.batches == []
    assert indexed_texts(workspace) == {"in/mill.txt": [MILL]}


def test_the_index_is_empty_when_the_last_article_is_deleted(workspace: Workspace) -> None:
    workspace.build()
    (workspace.news / "port.txt").unlink()
    (workspace.news / "in/mill.txt").unlink()
    assert workspace.build().passages == 0
    assert indexed_texts(workspace) == {}
    workspace.write("dam.txt", DAM)
    assert workspace.build().added == 1
    assert indexed_texts(workspace) == {"dam.txt": [DAM]}


def test_the_vectors_of_a_renamed_article_are_reused(workspace: Workspace) -> None:
    workspace.build()
    (workspace.news / "port.txt").rename(workspace.news / "harbour.txt")
    summary = workspace.build()
    assert (summary.added, summary.removed, summary.embedded, summary.reused) == (1, 1, 0, 1)
    assert workspace.encoder.batches == []
    assert indexed_texts(workspace) == {"harbour.txt": [PORT], "in/mill.txt": [MILL]}


def test_of_an_edited_article_only_the_changed_passages_are_embedded(workspace: Workspace) -> None:
    workspace.write("many.txt", many(6))
    workspace.build()
    workspace.write("many.txt", many(6).replace("Ship 3", "Boat 3"))
    summary = workspace.build()
    assert (summary.changed, summary.embedded, summary.reused) == (1, 1, 5)
    boat = f"Boat 3 left the port. It was late. {FILLER}"
    assert workspace.encoder.texts == [boat]
    assert indexed_texts(workspace)["many.txt"][3] == boat


def test_a_text_that_appears_twice_is_embedded_once(workspace: Workspace) -> None:
    workspace.write("copy.txt", PORT)
    summary = workspace.build()
    assert (summary.passages, summary.embedded, summary.reused) == (3, 2, 1)
    assert len(indexed_texts(workspace)) == 3


def test_a_killed_build_keeps_the_vectors_it_had_finished(workspace: Workspace) -> None:
    workspace.write("many.txt", many(100))
    request = BuildRequest(fake_model(), (workspace.root,))
    killed = FakeEncoder(batches_left=2)
    with pytest.raises(EncoderKilled):
        list(build(workspace.store, request, killed))
    assert not workspace.store.exists()
    summary = workspace.build()
    assert (summary.embedded, summary.reused) == (102 - 64, 64)
    assert not set(workspace.encoder.texts) & set(killed.texts)
    assert len(indexed_texts(workspace)["many.txt"]) == 100
    assert list((workspace.store.folder / "embedded").iterdir()) == []


def test_an_abandoned_build_releases_the_lock(workspace: Workspace) -> None:
    steps = build(workspace.store, BuildRequest(fake_model(), (workspace.root,)), FakeEncoder())
    next(steps)
    assert isinstance(steps, Iterator)
    del steps
    assert workspace.build().published


def damage_vectors(store: Store) -> None:
    (path,) = store.generation_folder(store.current()).glob("segments/*/vectors.f16")
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


def damage_current(store: Store) -> None:
    (store.folder / "CURRENT").write_bytes(b"20000101-000000-abcdef\n")


@pytest.mark.parametrize(
    ("damage", "reason"), [(damage_vectors, "vectors.f16"), (damage_current, "is missing")]
)
def test_a_damaged_index_is_rebuilt_and_the_reason_reported(
    workspace: Workspace, damage: Callable[[Store], None], reason: str
) -> None:
    workspace.build()
    damage(workspace.store)
    with pytest.raises(IndexDamaged):
        workspace.store.open()
    summary = workspace.build()
    assert summary.rebuild_reason is not None
    assert reason in summary.rebuild_reason
    assert (summary.embedded, summary.published) == (2, True)
    assert len(indexed_texts(workspace)) == 2


def test_another_model_rebuilds_the_index(workspace: Workspace) -> None:
    workspace.build()
    summary = workspace.build(BuildRequest(fake_model("b" * 64, "other")))
    assert summary.rebuild_reason == "built with another model, fake"
    assert summary.embedded == 2
    manifest = workspace.store.manifest()
    assert manifest is not None
    assert manifest.model.name == "other"


def test_other_passage_settings_rebuild_the_index(workspace: Workspace) -> None:
    workspace.build()
    summary = workspace.build(BuildRequest(fake_model(), settings=PassageSettings(8, 0)))
    assert summary.rebuild_reason == "built with other passage settings"
    assert indexed_texts(workspace)["port.txt"] == [
        "The port is to be closed.",
        "Nobody has the money.",
    ]


def test_a_full_build_embeds_everything_again(workspace: Workspace) -> None:
    workspace.build()
    summary = workspace.build(BuildRequest(fake_model(), full=True))
    assert (summary.rebuild_reason, summary.embedded, summary.published) == ("--full", 2, True)


def test_the_articles_of_a_missing_remembered_root_are_kept(workspace: Workspace) -> None:
    other = Root("other", str(workspace.folder / "other"))
    Path(other.path).mkdir()
    (Path(other.path) / "dam.txt").write_text(DAM, encoding="utf-8")
    workspace.build(BuildRequest(fake_model(), (workspace.root, other)))
    Path(other.path).rename(workspace.folder / "unmounted")
    workspace.write("port.txt", PORT.replace("closed", "opened"))
    summary = workspace.build()
    assert [(missing.root, missing.articles) for missing in summary.missing_roots] == [(other, 1)]
    assert (summary.removed, summary.changed, summary.articles) == (0, 1, 3)
    assert indexed_texts(workspace)["dam.txt"] == [DAM]
    # The missing root is now given in another way.
    again = Root("elsewhere", other.path)
    assert workspace.build(BuildRequest(fake_model(), (again,))).articles == 3
    assert workspace.store.remembered_roots() == (workspace.root, again)


def test_the_articles_of_a_forgotten_root_leave_the_index(workspace: Workspace) -> None:
    part = Root("part", str(workspace.news / "in"))
    workspace.build(BuildRequest(fake_model(), (workspace.root, part)))
    summary = workspace.build(BuildRequest(fake_model(), forget=(workspace.root,)))
    assert (summary.removed, summary.embedded) == (1, 0)
    assert indexed_texts(workspace) == {"mill.txt": [MILL]}
    assert workspace.store.remembered_roots() == (part,)


def test_a_root_that_is_not_indexed_cannot_be_forgotten(workspace: Workspace) -> None:
    workspace.build()
    with pytest.raises(BadRequest, match="other is not among the indexed folders"):
        workspace.build(BuildRequest(fake_model(), forget=(Root("other", "/other"),)))


def test_skipped_files_are_reported_and_the_rest_is_indexed(workspace: Workspace) -> None:
    workspace.write("binary.txt", "\0")
    workspace.write("empty.txt", "")
    workspace.write("paper.xyz", "%PDF")
    workspace.write("large.txt", "a" * 200)
    (workspace.news / "link.txt").symlink_to("port.txt")
    os.mkfifo(workspace.news / "pipe.txt")
    summary = workspace.build(BuildRequest(fake_model(), (workspace.root,), max_bytes=100))
    assert {Path(file.path).name: file.reason.split(":")[0] for file in summary.skipped} == {
        "binary.txt": "binary",
        "empty.txt": "empty",
        "large.txt": "200 bytes, over the limit of 100 (raise it with --max-bytes)",
        "link.txt": "a symbolic link; links are not followed (see --follow-links)",
        "paper.xyz": "not a format that Byline reads",
        "pipe.txt": "a FIFO, not a regular file",
    }
    assert sorted(indexed_texts(workspace)) == ["in/mill.txt", "port.txt"]


def test_a_named_file_that_is_no_article_is_not_remembered(workspace: Workspace) -> None:
    paper = workspace.write("paper.xyz", "%PDF")
    mill = Root("mill.txt", str(workspace.news / "in/mill.txt"))
    named = (Root("paper.xyz", str(paper)), mill)
    assert workspace.build(BuildRequest(fake_model(), named)).articles == 1
    assert workspace.store.remembered_roots() == (mill,)
    # An article that cannot be read for now stays remembered.
    workspace.write("in/mill.txt", "\0")
    assert workspace.build(BuildRequest(fake_model())).removed == 1
    assert workspace.store.remembered_roots() == (mill,)


def test_links_are_followed_in_every_later_build(workspace: Workspace) -> None:
    elsewhere = workspace.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "dam.txt").write_text(DAM, encoding="utf-8")
    (workspace.news / "link").symlink_to(elsewhere)
    root = replace(workspace.root, follow_links=True)
    assert workspace.build(BuildRequest(fake_model(), (root,))).articles == 3
    assert workspace.store.remembered_roots() == (root,)
    later = workspace.build(BuildRequest(fake_model()))
    assert (later.articles, later.published) == (3, False)
    with closing(workspace.store.open()) as index:
        catalog = index.generation.catalog
        assert not changes(catalog).needs_build
        away = workspace.folder / "away"
        workspace.news.rename(away)
        assert len(changes(catalog).missing) == 3
    assert workspace.build(BuildRequest(fake_model())).articles == 3
    away.rename(workspace.news)
    (workspace.news / "link").unlink()
    assert workspace.build(BuildRequest(fake_model())).removed == 1


def test_an_article_in_mixed_encoding_is_reported_when_it_is_read(workspace: Workspace) -> None:
    path = workspace.news / "odd.txt"
    path.write_bytes("Zoë dug the lock. ".encode() + b"The caf\xe9 is closed.")
    assert workspace.build().mixed == (str(path),)
    assert indexed_texts(workspace)["odd.txt"] == ["Zoë dug the lock. The café is closed."]
    assert workspace.build().mixed == ()


def test_a_failed_deletion_after_publishing_does_not_fail_the_build(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> None:
        raise OSError(5, os.strerror(5))

    monkeypatch.setattr(Path, "unlink", refuse)
    assert workspace.build().published
    monkeypatch.undo()
    workspace.write("dam.txt", DAM)
    assert workspace.build().embedded == 1
    assert list((workspace.store.folder / "embedded").iterdir()) == []


@pytest.mark.parametrize(
    "step",
    [
        "build.writer.link_or_copy",
        "storage.passage_table.PassageWriter.copy",
        "storage.passage_table.PassageWriter.finish",
        "search.vector_file.VectorWriter.finish",
        "build.writer.write_articles",
        "build.writer.update_keywords",
        "build.writer.seal",
        "build.pipeline.Store.publish",
    ],
)
def test_a_full_disk_at_any_step_leaves_the_old_index(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    workspace.build()
    before = workspace.store.current()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"index.{step}", full)
    workspace.write("dam.txt", DAM)
    with pytest.raises(
        IndexUnwritable, match=r"No space left on device; the index was not changed"
    ):
        workspace.build()
    assert workspace.store.current() == before
    assert sorted(indexed_texts(workspace)) == ["in/mill.txt", "port.txt"]
    monkeypatch.undo()
    # The vector was logged before the disk was full.
    summary = workspace.build()
    assert (summary.embedded, summary.reused) == (0, 1)
    assert len(indexed_texts(workspace)) == 3
    assert len(list((workspace.store.folder / "generations").iterdir())) == 2


def test_an_unreadable_file_leaves_the_old_index(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.build()
    before = workspace.store.current()

    def refuse(_: VectorFile, path: Path, _dimension: int) -> None:
        raise IndexUnreadable(str(path), "Input/output error")

    monkeypatch.setattr(VectorFile, "__init__", refuse)
    workspace.write("dam.txt", DAM)
    message = r"vectors\.f16: Input/output error; the index was not changed$"
    with pytest.raises(IndexUnwritable, match=message):
        workspace.build()
    assert workspace.store.current() == before
    monkeypatch.undo()
    assert workspace.build().rebuild_reason is None


def test_a_generation_that_does_not_read_back_is_not_published(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish = VectorWriter.finish
    monkeypatch.setattr(VectorWriter, "finish", lambda self, rows: finish(self, rows - 1))
    with pytest.raises(IndexUnwritable, match=r"does not read back \(.*vectors.f16 has 1 of 2"):
        workspace.build()
    assert not workspace.store.exists()


@pytest.mark.parametrize("path", ["", "deep/index"])
def test_an_index_inside_the_articles_is_refused(workspace: Workspace, path: str) -> None:
    store = Store(workspace.news / path)
    with pytest.raises(BadRequest):
        list(build(store, BuildRequest(fake_model(), (workspace.root,)), FakeEncoder()))
    assert not (workspace.news / "deep").exists()
    assert not (workspace.news / "byline-index").exists()


def test_a_first_build_without_folders_is_refused_and_an_empty_folder_publishes_nothing(
    workspace: Workspace,
) -> None:
    with pytest.raises(BadRequest, match="byline index FOLDER"):
        workspace.build(BuildRequest(fake_model()))
    empty = Root("empty", str(workspace.folder / "empty"))
    Path(empty.path).mkdir()
    summary = workspace.build(BuildRequest(fake_model(), (empty,)))
    assert (summary.articles, summary.published) == (0, False)


def test_the_roots_are_known_even_if_the_generation_is_lost(workspace: Workspace) -> None:
    workspace.build()
    before = indexed_texts(workspace)
    shutil.rmtree(workspace.store.folder / "generations")
    assert workspace.store.remembered_roots() == (workspace.root,)
    again = workspace.build(BuildRequest(fake_model()))
    assert (again.added, again.published) == (len(before), True)
    assert indexed_texts(workspace) == before
