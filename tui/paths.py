"""Where Byline keeps its files on this machine; none of them need exist."""

from pathlib import Path

from platformdirs import user_cache_path, user_config_path, user_data_path


def default_index() -> Path:
    """Return the folder of the user's own index."""
    return user_data_path("byline") / "index"


def bundled_index() -> Path:
    """Return the folder of the bundled articles' index."""
    return user_data_path("byline") / "bundled"


def model_cache() -> Path:
    """Return the folder of exported models."""
    return user_cache_path("byline") / "models"


def tried_questions() -> Path:
    """Return the folder of questions that indexes were found to answer."""
    return user_cache_path("byline") / "questions"


def kept_documents() -> Path:
    """Return the folder of documents that took long to read."""
    return user_cache_path("byline") / "documents"


def settings_file() -> Path:
    """Return the path of the user's settings file."""
    return user_config_path("byline") / "config.toml"


def chat_settings_file() -> Path:
    """Return the path of the chat's own settings."""
    return user_config_path("byline") / "chat.json"


def sessions_folder() -> Path:
    """Return the folder of saved conversations."""
    return user_data_path("byline") / "sessions"


def marks_file() -> Path:
    """Return the path of the question set of answers marked in the chat."""
    return user_data_path("byline") / "marks.jsonl"


def runs_folder() -> Path:
    """Return the folder of saved runs of question sets."""
    return user_data_path("byline") / "runs"
