import os
from pathlib import Path

import pytest

from tui.settings import ChatSettings, read_chat_settings, write_chat_settings

CHOSEN = ChatSettings(theme="ink", source_shown=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "chat.json"


def test_settings_come_back(file: Path) -> None:
    assert read_chat_settings(file) == ChatSettings()
    for settings in (CHOSEN, ChatSettings(theme="odd \udcff")):
        write_chat_settings(file, settings)
        assert read_chat_settings(file) == settings
    assert [path.name for path in file.parent.iterdir()] == ["chat.json"]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"\0\0", b"\xff", b'{"theme":1}', b"[" * 100_000]
)
def test_a_damaged_file_gives_the_defaults_and_can_be_replaced(file: Path, data: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(data)
    assert read_chat_settings(file) == ChatSettings()
    write_chat_settings(file, CHOSEN)
    assert read_chat_settings(file) == CHOSEN


def test_unknown_fields_of_a_later_version_are_ignored(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b'{"theme":"ink","new":[1]}\n')
    assert read_chat_settings(file) == ChatSettings(theme="ink")


def test_a_kill_while_writing_leaves_the_old_settings(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_chat_settings(file, CHOSEN)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        write_chat_settings(file, ChatSettings())
    assert read_chat_settings(file) == CHOSEN
