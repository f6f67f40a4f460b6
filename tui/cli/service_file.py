"""A file for the service manager of this system, which runs a command of Byline at each login."""

import plistlib
import sys
from collections.abc import Sequence
from pathlib import Path

import click

_NAME = "byline-watch"
_SYSTEMD = """\
# Save this as ~/.config/systemd/user/{name}.service, then start it, now and at each login:
#     systemctl --user daemon-reload && systemctl --user enable --now {name}
# What it does: journalctl --user --unit {name}
[Unit]
Description=Byline keeps its index of articles up to date

[Service]
ExecStart={command}
Restart=on-failure
RestartSec=60
Nice=10

[Install]
WantedBy=default.target
"""
_LAUNCHD = """\
<!-- Save this as ~/Library/LaunchAgents/{name}.plist, then start it, now and at each login:
     launchctl bootstrap gui/$(id -u) ~/Library/LaunchAgents/{name}.plist
     What it does: tail ~/Library/Logs/{name}.log -->
"""


def print_service(arguments: Sequence[str]) -> None:
    """Print the file for a command, given by its arguments."""
    command = [*program(), *arguments]
    text = launchd_agent(command) if sys.platform == "darwin" else systemd_unit(command)
    # The name of a folder need not be UTF-8.
    click.echo(text.encode("utf-8", errors="surrogateescape"), nl=False)


def program() -> list[str]:
    """Return the command that runs this installation of Byline, by absolute paths."""
    script = Path(sys.executable).with_name("byline")
    return [str(script)] if script.is_file() else [sys.executable, "-P", "-m", "tui"]


def systemd_unit(command: Sequence[str]) -> str:
    """Return a unit of systemd for the user."""
    path, *arguments = command
    # In the path of the program, `$` stands for itself.
    words = [_quoted(path), *(_quoted(argument).replace("$", "$$") for argument in arguments)]
    return _SYSTEMD.format(name=_NAME, command=" ".join(words))


def _quoted(word: str) -> str:
    """Quote a word as systemd.syntax(7) and systemd.unit(5) have it: `%` begins a specifier."""
    escapes = {"\\": "\\\\", '"': '\\"', "%": "%%", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return '"' + "".join(escapes.get(character, character) for character in word) + '"'


def launchd_agent(command: Sequence[str]) -> str:
    """Return an agent of launchd."""
    agent = {
        "Label": _NAME,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 60,
        "ProcessType": "Background",
        "StandardErrorPath": str(Path.home() / "Library" / "Logs" / f"{_NAME}.log"),
    }
    head, doctype, rest = plistlib.dumps(agent, sort_keys=False).decode().split("\n", 2)
    return f"{head}\n{doctype}\n{_LAUNCHD.format(name=_NAME)}{rest}"
