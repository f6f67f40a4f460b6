"""The commands and options that the documents show exist."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tui.cli.default_command import DefaultCommand
from tui.cli.main import cli

ROOT = Path(__file__).parents[3]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCK = re.compile(r"^```(?:sh|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(byline [^`]+)`")


def commands(text: str) -> Iterator[list[str]]:
    """The arguments of each `byline` command in a document."""
    blocks = "".join(BLOCK.findall(text))
    lines = [line.removeprefix("$ ") for line in blocks.splitlines()]
    for line in lines + INLINE.findall(text):
        words = shlex.split(line, comments=True)
        if words[:1] == ["byline"]:
            end = next((at for at, word in enumerate(words) if word in "<>|"), len(words))
            yield words[1:end]


def unknown(arguments: list[str]) -> str | None:
    """The first word that names no command and no option; None where all exist."""
    command: click.Command = cli
    context = click.Context(cli)
    for word in arguments:
        if isinstance(command, DefaultCommand) and not command.get_command(context, word):
            default = command.get_command(context, DefaultCommand.DEFAULT)
            assert default
            command = default
        if word.startswith("--"):
            known = {option for each in command.params for option in each.opts}
            if word.split("=")[0] not in known | {"--help", "--version"}:
                return word
        elif isinstance(command, click.Group) and (named := command.get_command(context, word)):
            command = named
        elif command is cli and word.islower() and word.isalpha():
            return word
    return None


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_shows_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert {word for each in commands(text) if (word := unknown(each))} == set()


def test_an_option_or_a_command_that_does_not_exist_is_found() -> None:
    text = "```sh\nbyline ask Who? --nonsense\n```\nand `byline asks`"
    assert [unknown(each) for each in commands(text)] == ["--nonsense", "asks"]
