"""Settings: the user's config.toml, and what the chat remembers between runs."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import msgspec

from index.articles.formats.field_names import JsonFields, use_fields
from index.articles.paths import expanded
from index.disk.durable_files import replace_synced
from index.disk.json_lines import LineDecoder, encode_line
from index.errors import BadRequest, reason_of
from qa.reader.shipped import DEFAULT_READER
from tui.paths import kept_documents, settings_file

if TYPE_CHECKING:
    from index.storage.store import Store

Value = TypeVar("Value")


class FormatSettings(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How files of some formats are read."""

    jsonl: JsonFields | None = None
    """The fields of JSON Lines; None leaves them unread."""


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """The user's settings file; None is a setting that it does not contain."""

    index: str | None = None
    model: str | None = None
    reader: str | None = None
    max_bytes: Annotated[int, msgspec.Meta(ge=1)] | None = None
    top: Annotated[int, msgspec.Meta(ge=1, le=20)] | None = None
    viewer: str | None = None
    """Command that opens PDFs; `{file}` and `{page}` in it are replaced."""
    links: str | None = None
    """What places in a terminal link to: `off`, `file`, the name of an editor, or an address."""
    threshold: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    reading_budget: Annotated[float, msgspec.Meta(ge=0)] | None = None
    """About how many milliseconds the second of two readers takes for a question."""
    watch: bool | None = None
    """Whether the chat keeps its index up to date."""
    formats: FormatSettings = FormatSettings()


def read_settings() -> Settings:
    """Read the settings file. Raises BadRequest, which names it, if it is invalid."""
    path = settings_file()
    try:
        with path.open("rb") as file:
            return msgspec.convert(tomllib.load(file), Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, tomllib.TOMLDecodeError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadRequest(f"settings in {path}: {reason_of(error)}") from error


def prepare_formats() -> None:
    """Read files as the settings say, and keep documents that take long to read."""
    from index.articles.formats.reading import keep_documents_in  # not before the first frame

    keep_documents_in(kept_documents())
    use_fields(read_settings().formats.jsonl)


def setting(name: str, option: Value | None, default: Value) -> Value:
    """Return the command-line option, else the value of the settings file, else the default."""
    if option is not None:
        return option
    configured: Value | None = getattr(read_settings(), name)
    return default if configured is None else configured


def index_folder_or(option: Path | None, default: Path) -> Path:
    """Return the folder of the index: the option, else the setting, else the default."""
    return expanded(setting("index", None if option is None else str(option), str(default)))


def chosen_reader(option: str | None) -> str:
    """Return the name or path of the reader: the option, else the setting, else Byline's own."""
    return setting("reader", option, DEFAULT_READER)


def chosen_model(index: "Store", option: str | None) -> str:
    """Return the embedding model to build with: the option, else the setting, else the index's.

    A new index has Byline's own.
    """
    from index.models.registry import DEFAULT_MODEL

    manifest = index.manifest()
    return setting("model", option, manifest.model.name if manifest else DEFAULT_MODEL)


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """The state of the chat that outlives it."""

    theme: str = ""
    """Name; empty for the default theme."""
    source_shown: bool = True
    """Whether the pane with the article is open."""


_decoder: LineDecoder[ChatSettings] = LineDecoder(ChatSettings)


def read_chat_settings(file: Path) -> ChatSettings:
    """Read the chat's settings; a missing or damaged file gives the defaults."""
    try:
        return _decoder.decode(file.read_bytes())
    except (OSError, ValueError):
        return ChatSettings()


def write_chat_settings(file: Path, settings: ChatSettings) -> None:
    """Write the chat's settings atomically. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_synced(file, encode_line(settings).encode("ascii") + b"\n")
