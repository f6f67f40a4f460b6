import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from index.articles.files import Root
from index.build.pipeline import BuildRequest, build
from index.errors import BadRequest, IndexBusy, IndexDamaged, IndexUnwritable, NoIndex
from index.storage.store import Store
from tests.fakes import FakeEncoder, fake_model


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "deep" / "index")


def publish(store: Store, folder: Path, text: str) -> str:
    folder.mkdir(exist_ok=True)
    (folder / "a.txt").write_text(text, encoding="utf-8")
    request = BuildRequest(fake_model(), (Root("news", str(folder)),))
    list(build(store, request, FakeEncoder()))
    return store.current()


def generations(store: Store) -> set[str]:
    return {path.name for path in (store.folder / "generations").iterdir()}


def test_a_folder_where_nothing_was_indexed_has_no_index(store: Store, tmp_path: Path) -> None:
    assert not store.exists()
    with pytest.raises(NoIndex, match="byline index FOLDER"):
        store.open()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NoIndex):
        Store(tmp_path / "file").open()
    assert store.manifest() is None
    assert store.remembered_roots() == ()


def test_the_error_for_a_second_writer_names_the_first(store: Store) -> None:
    script = (
        "import sys; from pathlib import Path; from index.storage.store import Store\n"
        "with Store(Path(sys.argv[1])).writing():\n"
        "    print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(store.folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(IndexBusy, match=rf"^process {other.pid}, started \d{{4}}-"):
            store.writing().__enter__()
        other.communicate("")
    with store.writing():
        pass


def test_a_killed_writer_releases_the_lock(store: Store) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from index.storage.store import Store\n"
        "with Store(Path(sys.argv[1])).writing():\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", script, str(store.folder)], check=False)
    assert ended.returncode == -9
    with store.writing():
        pass


def test_a_lock_is_held_even_if_its_holder_is_unknown(store: Store) -> None:
    with store.writing():
        (store.folder / "writer.lock").write_bytes(b"not json")
        with pytest.raises(IndexBusy, match=r"^another process "):
            store.writing().__enter__()


def test_a_reader_keeps_its_generation_while_others_are_published(
    store: Store, tmp_path: Path
) -> None:
    old = publish(store, tmp_path / "news", "The old port. It is closed.")
    with closing(store.open()) as reader:
        new = publish(store, tmp_path / "news", "The new port. It is open.")
        assert new != old
        assert generations(store) == {old, f"{old}.lock", new, f"{new}.lock"}
        (read,) = reader.generation.catalog.passages([0])
        assert read.passage.text == "The old port. It is closed."
        reader.generation.check()
        with closing(store.open()) as other:
            assert other.name == new
    with store.writing():
        store.collect_garbage()
    assert generations(store) == {new, f"{new}.lock"}


def test_what_a_dead_build_left_is_deleted(store: Store, tmp_path: Path) -> None:
    current = publish(store, tmp_path / "news", "The old port. It is closed.")
    with store.writing():
        unfinished = store.new_generation()
        (store.generation_folder(unfinished) / "half").write_bytes(b"half")
        store.collect_garbage()
    assert generations(store) == {current, f"{current}.lock"}


def test_a_reader_retries_when_its_generation_is_deleted_before_it_is_locked(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = publish(store, tmp_path / "news", "The old port. It is closed.")
    new = publish(store, tmp_path / "news", "The new port. It is open.")
    names = [old, old, new]
    monkeypatch.setattr(Store, "current", lambda _: names.pop(0))
    with closing(store.open()) as reader:
        assert reader.name == new
    assert names == []


def test_a_missing_current_generation_is_damage(store: Store, tmp_path: Path) -> None:
    name = publish(store, tmp_path / "news", "The old port. It is closed.")
    for path in (store.folder / "generations").iterdir():
        path.rename(path.with_name("moved-" + path.name))
    with pytest.raises(IndexDamaged, match=rf"{name} is missing"):
        store.open()


def test_a_name_in_current_cannot_point_outside_the_index(store: Store, tmp_path: Path) -> None:
    publish(store, tmp_path / "news", "The old port. It is closed.")
    assert store.generation_folder("../../news") == store.folder / "generations" / "news"


def test_a_current_file_that_is_not_text_is_no_index(store: Store, tmp_path: Path) -> None:
    publish(store, tmp_path / "news", "The old port. It is closed.")
    (store.folder / "CURRENT").write_bytes(b"\xff\xfe\n")
    with pytest.raises(NoIndex, match="cannot be read"):
        store.open()


@pytest.mark.parametrize("name", [b"x" * 300, b"a\0b"])
def test_a_current_file_with_an_impossible_name_is_damage(
    store: Store, tmp_path: Path, name: bytes
) -> None:
    publish(store, tmp_path / "news", "The old port. It is closed.")
    (store.folder / "CURRENT").write_bytes(name)
    with pytest.raises(IndexDamaged, match=r"CURRENT .*--full"):
        store.open()


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_bytes(b"mine")
    with pytest.raises(BadRequest, match="is not an index"):
        Store(tmp_path).writing().__enter__()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_may_become_an_index(tmp_path: Path) -> None:
    with Store(tmp_path).writing():
        assert (tmp_path / "byline-index").is_file()


def test_an_index_at_the_path_of_a_file_is_unwritable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(IndexUnwritable):
        Store(tmp_path / "file").writing().__enter__()


def test_a_file_system_without_locks_is_unwritable(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(_descriptor: int, _operation: int) -> None:
        raise OSError(38, os.strerror(38))

    monkeypatch.setattr("fcntl.flock", no_locks)
    with pytest.raises(IndexUnwritable, match="file system without locks"):
        store.writing().__enter__()


def test_a_build_killed_while_publishing_leaves_the_old_index(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = publish(store, tmp_path / "news", "The old port. It is closed.")

    def killed(_source: Path, _target: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("index.disk.durable_files.os.replace", killed)
    with pytest.raises(KeyboardInterrupt):
        publish(store, tmp_path / "news", "The new port. It is open.")
    monkeypatch.undo()
    with closing(store.open()) as reader:
        assert reader.name == old


def test_a_full_disk_does_not_prevent_locking(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int, _data: bytes, _offset: int) -> int:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("index.storage.store.os.pwrite", full)
    with store.writing(), pytest.raises(IndexBusy, match=r"^another process "):
        store.writing().__enter__()


def test_the_names_of_new_folders_and_of_the_mark_are_synced(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[Path] = []
    monkeypatch.setattr("index.storage.store.sync_folder", synced.append)
    with store.writing():
        assert synced == [tmp_path / "deep", tmp_path, tmp_path / "deep" / "index"]


def build_again(store: Store) -> None:
    list(build(store, BuildRequest(fake_model()), FakeEncoder()))


def test_a_build_repairs_the_files_outside_the_generations(store: Store, tmp_path: Path) -> None:
    publish(store, tmp_path / "news", "The old port. It is closed.")
    assert store.faults() == []
    mark, copy = store.folder / "byline-index", store.folder / "manifest.json"
    mark.unlink()
    copy.write_bytes(copy.read_bytes()[:-1])
    assert store.faults() == [f"{mark} is missing", f"{copy} is not the current manifest"]
    build_again(store)
    assert store.faults() == []
    copy.unlink()
    assert store.faults() == [f"{copy} is not the current manifest"]
    build_again(store)
    assert store.faults() == []


def test_a_good_copy_of_the_manifest_is_not_replaced_by_a_bad_manifest(
    store: Store, tmp_path: Path
) -> None:
    name = publish(store, tmp_path / "news", "The old port. It is closed.")
    (store.generation_folder(name) / "manifest.json").write_bytes(b"{}")
    with store.writing():
        store.repair()
    assert len(store.remembered_roots()) == 1


def test_an_index_without_its_current_file_still_exists_and_is_rebuilt(
    store: Store, tmp_path: Path
) -> None:
    publish(store, tmp_path / "news", "The old port. It is closed.")
    (store.folder / "CURRENT").unlink()
    assert store.exists()
    with pytest.raises(NoIndex):
        store.open()
    build_again(store)
    store.open().close()


def test_an_unconfirmed_publish_says_that_the_new_index_is_in_place(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = publish(store, tmp_path / "news", "The old port. It is closed.")

    def broken(folder: Path) -> None:
        if folder == store.folder and store.current() != old:
            raise OSError(5, os.strerror(5))

    monkeypatch.setattr("index.disk.durable_files.sync_folder", broken)
    with pytest.raises(IndexUnwritable, match=r"Input/output error; the new index is in place"):
        publish(store, tmp_path / "news", "The new port. It is open.")
    assert store.current() != old


def test_nothing_is_deleted_before_the_current_name_is_synced(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(store, tmp_path / "news", "The old port. It is closed.")
    with store.writing():
        store.new_generation()
        before = generations(store)

        def broken(_folder: Path) -> None:
            raise OSError(5, os.strerror(5))

        monkeypatch.setattr("index.storage.store.sync_folder", broken)
        with pytest.raises(OSError, match="Input/output error"):
            store.collect_garbage()
    assert generations(store) == before


def test_a_folder_that_another_build_has_just_created_is_an_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "index")

    def created_meanwhile(path: Path) -> bool:
        monkeypatch.undo()
        with Store(path).writing():
            return True

    monkeypatch.setattr(Path, "is_dir", created_meanwhile)
    with store.writing():
        assert (store.folder / "generations").is_dir()
