import re
from pathlib import Path

import msgspec
import pytest

from index.articles.files import Root
from index.build.pipeline import BuildRequest, build
from index.errors import IndexDamaged
from index.storage.generation import FORMAT, Generation, read_manifest, seal
from index.storage.hash_cache import HashCache
from index.storage.store import Store
from tests.fakes import FakeEncoder, fake_model

ARTICLES = {
    "port.txt": "The port is to be closed. Nobody has the money.",
    "mill.txt": "The mill was sold in May. It is old.",
}


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generation")
    (folder / "news").mkdir()
    for name, text in ARTICLES.items():
        (folder / "news" / name).write_text(text, encoding="utf-8")
    roots = (Root("news", str(folder / "news")),)
    store = Store(folder / "index")
    list(build(store, BuildRequest(fake_model(), roots), FakeEncoder()))
    return store.generation_folder(store.current())


def open_generation(folder: Path) -> Generation:
    return Generation.open(folder, HashCache(folder.parent / "verified.json"))


def test_the_manifest_lists_what_the_generation_contains(published: Path) -> None:
    manifest = read_manifest(published)
    assert (manifest.format, manifest.articles, manifest.passages) == (FORMAT, 2, 2)
    assert (manifest.model.name, manifest.model.dimension) == ("fake", 16)
    assert manifest.model.precision == "float32"
    names = {name.split("/")[0] for name in manifest.files}
    assert names == {"articles.sqlite", "segments", "keywords", "parts"}
    assert b'"way":{"type":"exact"}' in (published / "manifest.json").read_bytes()
    (segment,) = manifest.segments
    assert (segment.first, segment.rows, segment.passages) == (0, 2, 2)
    assert {"passages.sqlite", "vectors.f16"} == {
        name.split("/")[2] for name in manifest.files if name.startswith("segments/")
    }


def test_the_parts_of_a_generation_agree(published: Path) -> None:
    opened = open_generation(published)
    opened.check()
    assert opened.catalog.counts() == (2, 2)
    assert (len(opened.vectors), len(opened.keywords)) == (2, 2)
    assert list(opened.keywords.search("mill", 5)) == [0]
    assert opened.catalog.passages([0])[0].passage.text == ARTICLES["mill.txt"]
    opened.close()


def test_one_flipped_bit_in_any_file_is_damage(published: Path) -> None:
    files = [published / name for name in read_manifest(published).files]
    assert len(files) > 5
    for path in files:
        data = path.read_bytes()
        for at in {0, len(data) // 2, len(data) - 1}:
            path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
            with pytest.raises(IndexDamaged, match=re.escape(str(path))):
                open_generation(published)
        path.write_bytes(data)
    open_generation(published).close()


def test_any_truncated_or_missing_file_is_damage(published: Path) -> None:
    for path in [published / name for name in read_manifest(published).files]:
        data = path.read_bytes()
        path.write_bytes(data[:-1])
        with pytest.raises(IndexDamaged, match=f"{re.escape(str(path))}.*size"):
            open_generation(published)
        path.unlink()
        with pytest.raises(IndexDamaged, match=f"{re.escape(str(path))}.*No such file"):
            open_generation(published)
        path.write_bytes(data)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "cannot be read"),
        (b"{", "cannot be read"),
        (b"[]", "cannot be read"),
        (b'{"format": %d}' % FORMAT, "cannot be read"),
        (b'{"format": 99, "new": true}', "format 99"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_a_manifest_that_is_garbled_or_of_another_format_is_damaged(
    tmp_path: Path, data: bytes, message: str
) -> None:
    (tmp_path / "manifest.json").write_bytes(data)
    with pytest.raises(IndexDamaged, match=message):
        read_manifest(tmp_path)


def test_the_error_for_an_unreadable_manifest_has_no_errno(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(IndexDamaged, match=r"manifest\.json cannot be read: Is a directory; run "):
        read_manifest(tmp_path)


def test_a_missing_manifest_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(IndexDamaged, match="is missing"):
        read_manifest(tmp_path)


def test_parts_with_different_numbers_of_passages_are_damaged(published: Path) -> None:
    manifest = msgspec.structs.replace(read_manifest(published), passages=3)
    with pytest.raises(IndexDamaged, match=r"articles.sqlite has 2 of 3"):
        Generation(published, manifest).check()
    manifest = msgspec.structs.replace(read_manifest(published), parts=5)
    with pytest.raises(IndexDamaged, match=r"parts has 2 of 5"):
        Generation(published, manifest).check()


def test_sealing_records_every_file_but_no_lock_file(published: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_bytes(b"abc")
    (tmp_path / ".tantivy-meta.lock").write_bytes(b"")
    unsealed = msgspec.structs.replace(read_manifest(published), files={})
    sealed = seal(tmp_path, unsealed)
    assert list(sealed.files) == ["in/a"]
    assert (sealed.files["in/a"].size, sealed.files["in/a"].sha256[:8]) == (3, "ba7816bf")
    assert read_manifest(tmp_path) == sealed
