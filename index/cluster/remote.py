"""Articles on a remote file system, such as s3://, which are copied beside the index.

A citation names a file that can be opened, and a quote is checked against it: so each article has a
copy under the folder of the index. Only what changed is copied again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from index.articles.files import Root, Skipped
from index.disk.durable_files import replace_synced
from index.errors import BadRequest, require, summary_of

ARTICLES = "articles"
_LISTED = ".listed.json"
"""What each copy was copied from; its name is hidden, so it is no article."""
_VERSIONS = ("ETag", "etag", "md5Hash", "LastModified", "last_modified", "mtime", "modified")
"""What file systems say of a version of a file."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """A remote folder and its copy."""

    url: str
    folder: Path
    """Of the copy."""

    @property
    def root(self) -> Root:
        """The copy as a folder of articles."""
        return Root(self.url, str(self.folder))


def is_remote(path: str) -> bool:
    """Return whether a path is the URL of a remote folder."""
    return "://" in path


def mirror_of(url: str, index: Path) -> Mirror:
    """Return where the copy of a remote folder is, for the index in a folder."""
    scheme, _, rest = url.rstrip("/").partition("://")
    parts = [part for part in (scheme, *rest.split("/")) if part]
    if any(part.startswith(".") for part in parts):
        raise BadRequest(f"{url} has a hidden name or `..` in it")
    return Mirror(url, index.joinpath(ARTICLES, *parts))


def to_copy(mirror: Mirror) -> dict[str, str]:
    """Delete copies of what is gone; return the changed files, by name, with their versions.

    Raises BadRequest if the folder cannot be listed.
    """
    now = _listed(mirror.url)
    mirror.folder.mkdir(parents=True, exist_ok=True)
    known = _known(mirror)
    for name in known.keys() - now.keys():
        (mirror.folder / name).unlink(missing_ok=True)
    return {
        name: version
        for name, version in now.items()
        if known.get(name) != version or not (mirror.folder / name).is_file()
    }


def copy(mirror: Mirror, names: Sequence[str]) -> list[Skipped]:
    """Copy files, each in one step; returns those that could not be copied, and why."""
    system, base = _opened(mirror.url)
    skipped = []
    for name in names:
        target = mirror.folder / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            replace_synced(target, system.cat_file(f"{base}/{name}"))
        except Exception as error:  # noqa: BLE001  file systems raise anything
            skipped.append(Skipped(str(target), f"cannot be copied: {summary_of(error)}"))
    return skipped


def note_copied(mirror: Mirror, versions: Mapping[str, str]) -> None:
    """Record the versions of what was copied. Raises OSError."""
    known = {
        name: version
        for name, version in (_known(mirror) | dict(versions)).items()
        if (mirror.folder / name).is_file()
    }
    replace_synced(mirror.folder / _LISTED, msgspec.json.encode(known))


def _known(mirror: Mirror) -> dict[str, str]:
    try:
        return msgspec.json.decode((mirror.folder / _LISTED).read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError):
        return {}


def _listed(url: str) -> dict[str, str]:
    """Return the files of a remote folder with their versions; hidden ones are left out."""
    system, base = _opened(url)
    try:
        found = system.find(base, detail=True)
    except Exception as error:  # file systems raise anything
        raise BadRequest(f"{url} cannot be listed: {summary_of(error)}") from error
    names = {path[len(base) :].lstrip("/"): info for path, info in found.items()}
    return {
        name: _version(info)
        for name, info in names.items()
        if name and not any(part.startswith(".") for part in PurePosixPath(name).parts)
    }


def _version(info: Mapping[str, Any]) -> str:
    said = [str(info[key]) for key in _VERSIONS if info.get(key)]
    return " ".join([str(info.get("size")), *said])


def _opened(url: str) -> tuple[Any, str]:
    """Return the file system of a URL, and the path there. Raises BadRequest, MissingExtra."""
    require("fsspec", extra="cluster")
    import fsspec

    try:
        system, base = fsspec.core.url_to_fs(url)
    except (ImportError, ValueError, OSError) as error:
        raise BadRequest(f"{url} cannot be opened: {summary_of(error)}") from error
    return system, base.rstrip("/")
