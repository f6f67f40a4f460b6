"""Where Byline keeps its things on this machine, and what the person's settings file says."""

import tomllib
from pathlib import Path
from typing import Annotated

import msgspec
from platformdirs import user_cache_path, user_config_path, user_data_path

from index.errors import BadRequest, reason_of


def default_index() -> Path:
    """Give the folder of the person's own index."""
    return user_data_path("byline") / "index"


def bundled_index() -> Path:
    """Give the folder of the index of the bundled articles."""
    return user_data_path("byline") / "bundled"


def model_cache() -> Path:
    """Give the folder of exported models."""
    return user_cache_path("byline") / "models"


def settings_file() -> Path:
    """Give the place of the settings file, which need not exist."""
    return user_config_path("byline") / "config.toml"


def chat_settings_file() -> Path:
    """Give the place of what the chat remembers of itself, which need not exist."""
    return user_config_path("byline") / "chat.json"


def sessions_folder() -> Path:
    """Give the folder of the person's conversations."""
    return user_data_path("byline") / "sessions"


def marks_file() -> Path:
    """Give the place of the question set of answers that the person marked."""
    return user_data_path("byline") / "marks.jsonl"


def runs_folder() -> Path:
    """Give the folder of the runs of question sets that are kept."""
    return user_data_path("byline") / "runs"


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """What the settings file may say; an option on the command line goes before it."""

    index: str | msgspec.UnsetType = msgspec.UNSET
    model: str | msgspec.UnsetType = msgspec.UNSET
    reader: str | msgspec.UnsetType = msgspec.UNSET
    max_bytes: Annotated[int, msgspec.Meta(ge=1)] | msgspec.UnsetType = msgspec.UNSET
    top: Annotated[int, msgspec.Meta(ge=1, le=20)] | msgspec.UnsetType = msgspec.UNSET
    threshold: Annotated[float, msgspec.Meta(ge=0, le=1)] | msgspec.UnsetType = msgspec.UNSET


def read_settings() -> Settings:
    """Read the settings file. Raises BadRequest, naming it, where it cannot be understood."""
    path = settings_file()
    try:
        with path.open("rb") as file:
            return msgspec.convert(tomllib.load(file), Settings)
    except FileNotFoundError:
        return Settings()
    except (OSError, tomllib.TOMLDecodeError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadRequest(f"settings in {path}: {reason_of(error)}") from error
