import os
from pathlib import Path

import pytest

from tests.tui.fakes import Shell, names
from tui.chat.setup import setup
from tui.settings import ChatSettings, read_chat_settings, write_chat_settings

QUESTION = "the port is closed."
CHOSEN = ChatSettings(theme="ink", source_shown=False)


def test_settings_are_used(indexed: Shell) -> None:
    indexed.set("top = 2", "threshold = 0.0")
    assert len(indexed.byline("ask", QUESTION, "--json").json["answers"]) == 2
    indexed.set("threshold = 1")
    assert indexed.byline("ask", QUESTION).code == 1


def test_an_option_takes_precedence_over_the_settings_file(indexed: Shell) -> None:
    indexed.set("top = 2", "threshold = 1.0")
    options = ("--json", "--top", "3", "--threshold", "0")
    assert len(indexed.byline("ask", QUESTION, *options).json["answers"]) == 3


def test_the_index_of_the_settings_file_is_built_and_asked(shell: Shell) -> None:
    shell.set("index = '~/elsewhere'")
    shell.write("a.txt", QUESTION)
    assert shell.byline("index", "news").code == 0
    assert not shell.index.exists()
    assert (shell.home / "elsewhere" / "CURRENT").is_file()
    assert shell.byline("ask", QUESTION).code == 0
    assert shell.byline("show", "news/a.txt:1").code == 0
    assert shell.byline("check").code == 0


def test_a_missing_index_of_the_settings_file_is_reported(shell: Shell) -> None:
    shell.set("index = '~/elsewhere'")
    ran = shell.byline("ask", QUESTION)
    assert (ran.code, ran.out) == (2, "")
    assert f"run `byline index FOLDER --index {shell.home}/elsewhere`" in ran.err


def test_an_option_takes_precedence_over_the_environment(shell: Shell) -> None:
    shell.write("a.txt", QUESTION)
    shell.set("index = '~/three'")
    shell.patch.setenv("BYLINE_INDEX", str(shell.home / "two"))
    shell.byline("index", "news", "--index", str(shell.home / "one"))
    assert names(list(shell.home.iterdir())) == {"news", "config", "one"}
    shell.byline("index", "news")
    assert names(list(shell.home.iterdir())) == {"news", "config", "one", "two"}


def test_the_model_is_that_of_the_option_else_the_setting_else_the_index(shell: Shell) -> None:
    shell.write("a.txt", QUESTION)
    shell.byline("index", "news", "--model", "given")
    shell.byline("index")
    shell.set("model = 'set'")
    shell.byline("index")
    shell.byline("index", "--model", "given")
    assert shell.models.found == ["given", "given", "set", "given"]


def test_files_above_the_limit_of_the_settings_file_are_skipped(shell: Shell) -> None:
    shell.write("a.txt", QUESTION)
    shell.write("b.txt", "It rained. " * 20)
    shell.set("max_bytes = 100")
    assert shell.byline("index", "news", "--json").json["articles"] == 1
    ran = shell.byline("index", "--json", "--max-bytes", "1000")
    assert ran.json["articles"] == 2


@pytest.fixture
def chat_file(tmp_path: Path) -> Path:
    return tmp_path / "config" / "chat.json"


def test_chat_settings_come_back(chat_file: Path) -> None:
    assert read_chat_settings(chat_file) == ChatSettings()
    for settings in (CHOSEN, ChatSettings(theme="odd \udcff")):
        write_chat_settings(chat_file, settings)
        assert read_chat_settings(chat_file) == settings
    assert [path.name for path in chat_file.parent.iterdir()] == ["chat.json"]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"\0\0", b"\xff", b'{"theme":1}', b"[" * 100_000]
)
def test_damaged_chat_settings_give_the_defaults_and_can_be_replaced(
    chat_file: Path, data: bytes
) -> None:
    chat_file.parent.mkdir()
    chat_file.write_bytes(data)
    assert read_chat_settings(chat_file) == ChatSettings()
    write_chat_settings(chat_file, CHOSEN)
    assert read_chat_settings(chat_file) == CHOSEN


def test_unknown_chat_settings_of_a_later_version_are_ignored(chat_file: Path) -> None:
    chat_file.parent.mkdir()
    chat_file.write_bytes(b'{"theme":"ink","new":[1]}\n')
    assert read_chat_settings(chat_file) == ChatSettings(theme="ink")


def test_a_kill_while_writing_leaves_the_old_chat_settings(
    chat_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_chat_settings(chat_file, CHOSEN)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        write_chat_settings(chat_file, ChatSettings())
    assert read_chat_settings(chat_file) == CHOSEN


def test_the_chat_watches_if_the_setting_or_the_option_says_so(shell: Shell) -> None:
    def watches(option: bool | None) -> bool:
        return setup(None, False, True, None, None, None, option).watch is not None

    assert [watches(option) for option in (None, True, False)] == [False, True, False]
    shell.set("watch = true")
    assert [watches(option) for option in (None, True, False)] == [True, True, False]
