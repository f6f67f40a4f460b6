"""Links to cited places: made of paths alone, quoted, and only where a terminal shows them."""

import os
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.places import Place
from index.errors import BadRequest
from tests.tui.fakes import Shell, assert_one_line_error
from tests.tui.terminal import all_on_terminal
from tui.output.links import Links, template_of

HERE = Place(11, 5)
HOST = os.uname().nodename
LINK = re.compile(r"\x1b]8;;([!-~]*)\x1b\\(.*?)\x1b]8;;\x1b\\", re.DOTALL)


def address(template: str | None, file: str, place: Place = HERE) -> str:
    """The address of a link, whose text is unchanged."""
    found = LINK.fullmatch(Links(template).linked("news.txt:11", file, place))
    assert found
    assert found[2] == "news.txt:11"
    return found[1]


def test_a_file_is_linked_on_this_host_and_an_editor_gets_its_line() -> None:
    assert address(template_of(None), "/n/a b.txt") == f"file://{HOST}/n/a%20b.txt"
    assert address(template_of("vscode"), "/n/a:1.txt") == "vscode://file/n/a%3A1.txt:11:5"
    assert address(template_of("kitty"), "/n/a.txt") == f"file://{HOST}/n/a.txt#11"
    own = template_of("my+editor://open?file={path}&line={line}")
    assert address(own, "/n/{line}&x=1") == "my+editor://open?file=/n/%7Bline%7D%26x%3D1&line=11"


def test_a_page_or_a_paragraph_is_no_line_for_an_editor() -> None:
    for place in (Place(3, 1, page=2), Place(1, 1, paragraph=7), Place(4, 1, chapter="c.xhtml")):
        assert address(template_of("vscode"), "/n/a.pdf", place) == f"file://{HOST}/n/a.pdf"


@given(st.binary(min_size=1, max_size=40).filter(lambda name: b"\0" not in name))
def test_no_name_of_a_file_ends_its_link(name: bytes) -> None:
    made = address(template_of(None), os.fsdecode(b"/" + name))
    assert unquote_to_bytes(made.removeprefix(f"file://{HOST}")) == b"/" + name


def test_links_are_off_by_the_setting_and_an_unknown_one_is_refused() -> None:
    assert Links(template_of("off")).linked("a", "/a", HERE) == "a"
    for wrong in ("emacs", "vscode://file", "x:{path}\x1b\\", "x:{path} y", "{path}"):
        with pytest.raises(BadRequest, match="`links` is one of off, file, "):
            template_of(wrong)


@pytest.mark.parametrize(
    ("is_terminal", "variables"),
    [(False, {}), (True, {"NO_COLOR": "1"}), (True, {"TERM": "dumb"}), (True, {"TERM": "linux"})],
)
def test_there_are_none_off_a_terminal_or_on_one_without_them(
    shell: Shell, is_terminal: bool, variables: dict[str, str]
) -> None:
    shell.set("links = 'emacs'")  # is not even read
    shell.patch.setenv("TERM", "xterm")
    for name, value in variables.items():
        shell.patch.setenv(name, value)
    assert Links.on(is_terminal).linked("a", "/a", HERE) == "a"


@pytest.mark.slow
def test_the_command_line_links_each_place_on_a_terminal(indexed: Shell) -> None:
    file = indexed.news / "in" / "mill.txt"
    commands = [["ask", "The mill was sold in May."], ["find", "mill"], ["show", f"{file}:1"]]
    written = all_on_terminal(indexed.home, commands)
    links = [found[1] for found in LINK.finditer(written)]
    assert links.count(f"file://{HOST}{file}") == len(commands)


def test_an_invalid_setting_is_an_error_of_one_line(indexed: Shell) -> None:
    indexed.set("links = 'emacs'")
    indexed.patch.setattr("tui.output.links.colour", lambda _: True)
    assert_one_line_error(indexed.byline("ask", "The mill was sold in May."), "`links`")


def test_short_paths_are_for_people_and_find_their_article(indexed: Shell, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    indexed.patch.chdir(elsewhere)
    shown = indexed.byline("show", "in/mill.txt:1", "--json")
    assert (shown.code, shown.json["path"]) == (0, str(indexed.news / "in" / "mill.txt"))
