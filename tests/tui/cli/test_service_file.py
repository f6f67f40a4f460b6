"""Service files quote whatever a path may have."""

import plistlib
import re
import shlex
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.cli.service_file import launchd_agent, print_service, program, systemd_unit

CHARACTERS = "aé鶴 %$\"'\\#;{}~*?"
PATHS = st.text(CHARACTERS + "\n\t\r", max_size=20)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def read_command(unit: str) -> list[str]:
    """Read the command of a unit as systemd does, of whose escapes only ours are known."""
    (line,) = [line for line in unit.split("\n") if line.startswith("ExecStart=")]
    words = re.findall(r'"((?:[^"\\]|\\.)*)"', line)
    assert line == "ExecStart=" + " ".join(f'"{word}"' for word in words)
    plain = [
        re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), word) for word in words
    ]
    return [
        word.replace("%%", "%").replace("$$", "$" if number else "$$")
        for number, word in enumerate(plain)
    ]


def test_blanks_percent_signs_and_dollars_are_quoted_by_hand() -> None:
    unit = systemd_unit(["/opt/by line/byline", "index", "--index", '/n/50% "a"\\ü$HOME'])
    assert (
        'ExecStart="/opt/by line/byline" "index" "--index" "/n/50%% \\"a\\"\\\\ü$$HOME"\n' in unit
    )
    assert "systemctl --user" in unit.split("[Unit]")[0]


@given(PATHS)
def test_a_unit_runs_the_command_for_any_path(path: str) -> None:
    command = ["/opt/byline", "index", "--watch", "--index", path]
    assert read_command(systemd_unit(command)) == command


@given(st.text(CHARACTERS, max_size=20))
def test_quotation_is_what_a_shell_reads_but_for_percent_and_dollar_signs(path: str) -> None:
    line = systemd_unit(["/opt/byline", path]).split("ExecStart=")[1].split("\n")[0]
    assert shlex.split(line)[1].replace("%%", "%").replace("$$", "$") == path


def test_an_agent_runs_the_command_and_says_where_it_goes() -> None:
    command = ["/opt/by line/byline", "index", "--index", "/n/50% & <ü>"]
    text = launchd_agent(command)
    agent = plistlib.loads(text.encode())
    assert agent["ProgramArguments"] == command
    assert agent["RunAtLoad"] is True
    assert "launchctl bootstrap" in text.partition("<plist")[0]


def test_the_program_is_an_absolute_path() -> None:
    assert Path(program()[0]).is_absolute()
    assert Path(program()[0]).exists()


def test_the_file_is_that_of_the_system(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    for platform, start in (("darwin", b"<?xml"), ("linux", b"# Save this")):
        monkeypatch.setattr(sys, "platform", platform)
        print_service(["index", "--index", "/odd\udcff" if platform == "linux" else "/even"])
        out = capsysbinary.readouterr().out
        assert out.startswith(start)
    assert b'"/odd\xff"' in out
