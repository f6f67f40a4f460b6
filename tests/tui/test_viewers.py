import os
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

import pytest

from index.articles.places import Place
from tests.tui.test_editors import FILE, HOSTILE, installed
from tui.editors import NoEditor
from tui.viewers import browser_command, open_command

PAGE = Place(8, 3, page=12)


def opened(folder: Path, viewer: str, file: str = FILE) -> tuple[str, ...]:
    return open_command(installed(folder, viewer.split()[0]), file, PAGE, viewer=viewer).argv


@pytest.mark.parametrize(
    ("viewer", "arguments"),
    [
        ("evince", ("evince", "--page-index=12", "--", FILE)),
        ("okular", ("okular", "--page", "12", "--", FILE)),
        ("zathura --mode=fullscreen", ("zathura", "--mode=fullscreen", "--page=12", "--", FILE)),
        ("mupdf", ("mupdf", FILE, "12")),
        ("sioyek", ("sioyek", "--page", "12", FILE)),
        ("firefox", ("firefox", "file:///news/2011%20a.txt#page=12")),
        ("mine -p {page} {file}", ("mine", "-p", "12", FILE)),
        ("unheard-of", ("unheard-of", FILE)),
    ],
)
def test_a_viewer_opens_at_the_page(
    tmp_path: Path, viewer: str, arguments: tuple[str, ...]
) -> None:
    assert opened(tmp_path, viewer) == arguments


def test_one_that_is_installed_is_used_if_none_is_named(tmp_path: Path) -> None:
    command = open_command(installed(tmp_path, "zathura", "mupdf"), FILE, PAGE)
    assert (command.argv[0], command.at_line, command.in_terminal) == ("zathura", True, False)


def test_lines_are_for_the_editor(tmp_path: Path) -> None:
    environment = installed(tmp_path, "nano") | {"EDITOR": "nano"}
    assert open_command(environment, FILE, Place(12, 5)).argv[0] == "nano"


@pytest.mark.parametrize("place", [Place(1, 1, paragraph=4), Place(1, 1, chapter="a.xhtml")])
def test_other_files_open_in_the_program_of_the_desktop(
    tmp_path: Path, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.viewers._DESKTOP", ("xdg-open",))
    command = open_command(installed(tmp_path, "xdg-open"), FILE, place)
    assert (command.argv, command.at_line) == (("xdg-open", FILE), False)


def test_without_a_viewer_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoEditor, match="viewer"):
        open_command({"PATH": str(tmp_path)}, FILE, PAGE)
    with pytest.raises(NoEditor, match="viewer"):
        open_command({"PATH": str(tmp_path)}, FILE, PAGE, viewer="gone")
    with pytest.raises(NoEditor, match="viewer"):
        open_command({"PATH": str(tmp_path)}, FILE, PAGE, viewer="'")


@pytest.mark.parametrize("viewer", ["evince", "okular", "mupdf", "sioyek", "mine {file}"])
@pytest.mark.parametrize("name", [*HOSTILE, "{page}{file}"])
def test_a_hostile_name_stays_one_argument(tmp_path: Path, viewer: str, name: str) -> None:
    argv = opened(tmp_path, viewer, os.path.join("/news", name))  # noqa: PTH118
    assert [one for one in argv if one.endswith(name)] == [f"/news/{name}"]


def test_a_web_page_and_a_pdf_open_in_a_browser(tmp_path: Path) -> None:
    environment = installed(tmp_path, "firefox", "mine")
    page = "/news/a b.html"
    assert browser_command(environment, page, Place(40, 7)).argv == (
        "firefox", "file:///news/a%20b.html",
    )  # fmt: skip
    named = environment | {"BROWSER": "mine --new %s:other"}
    assert browser_command(named, page, Place(1, 1)).argv[:2] == ("mine", "--new")
    assert browser_command(environment, "/a.pdf", PAGE).argv[-1] == "file:///a.pdf#page=12"
    with pytest.raises(NoEditor, match="only web pages"):
        browser_command(environment, "/news/a.docx", Place(1, 1, paragraph=3))
    with pytest.raises(NoEditor, match="BROWSER"):
        browser_command(environment | {"BROWSER": "'"}, page, Place(1, 1))


@pytest.mark.parametrize("name", [*HOSTILE, "#page=2", "?x", "%2e%2e"])
def test_a_hostile_name_is_one_address(tmp_path: Path, name: str) -> None:
    file = os.path.join("/news", f"{name}.html")  # noqa: PTH118
    *_, address = browser_command(installed(tmp_path, "firefox"), file, Place(1, 1)).argv
    parts = urlsplit(address)
    path = os.fsdecode(unquote_to_bytes(parts.path))
    assert (parts.scheme, path, parts.query, parts.fragment) == (
        "file", os.path.abspath(file), "", "",  # noqa: PTH100
    )  # fmt: skip
