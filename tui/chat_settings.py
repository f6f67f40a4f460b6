"""What the chat remembers of itself between runs; the person's own settings are in config.toml."""

from dataclasses import dataclass
from pathlib import Path

from index.disk.durable_files import replace_synced
from index.disk.json_lines import LineDecoder, encode_line
from index.errors import reason_of


@dataclass(frozen=True, slots=True)
class ChatSettings:
    """How the chat was left."""

    theme: str = ""
    """Name; empty for the chat's own choice."""
    source_shown: bool = True
    """Whether the pane with the source is open."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """The settings as they were read."""

    settings: ChatSettings
    damage: str
    """Why the defaults were taken; empty where the file was sound, or not there."""


_decoder: LineDecoder[ChatSettings] = LineDecoder(ChatSettings)


def read_chat_settings(file: Path) -> Remembered:
    """Read the chat's settings; a file that cannot be read gives the defaults, and the reason."""
    try:
        return Remembered(_decoder.decode(file.read_bytes()), "")
    except FileNotFoundError:
        return Remembered(ChatSettings(), "")
    except (OSError, ValueError) as error:
        return Remembered(ChatSettings(), f"{file} cannot be read: {reason_of(error)}")


def keep_chat_settings(file: Path, settings: ChatSettings) -> None:
    """Write the chat's settings in one step. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_synced(file, encode_line(settings).encode("ascii") + b"\n")
