import json
import os
from pathlib import Path

from tests.tui.fakes import Ran, Shell


def test_a_line_is_shown_among_those_beside_it(shell: Shell) -> None:
    shell.write("a.txt", "".join(f"Line {i} is here.\n\n" for i in range(6)))
    shell.byline("index", "news")
    ran = shell.byline("show", "news/a.txt:9", "--around", "2")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "   7  Line 3 is here.",
        "   8",
        ">  9  Line 4 is here.",
        "  10",
        "  11  Line 5 is here.",
    ]
    assert ran.err == "news/a.txt:9  (as it was indexed)\n"


def test_a_citation_with_its_column_can_be_pasted(indexed: Shell) -> None:
    ran = indexed.byline("show", "news/port.txt:1:40")
    assert (ran.code, ran.out[:4]) == (0, "> 1 ")


def test_what_moved_changed_or_went_is_told(indexed: Shell) -> None:
    path = indexed.news / "port.txt"
    text = path.read_text(encoding="utf-8")
    path.write_text("New.\n" + text, encoding="utf-8")
    moved = indexed.byline("show", "news/port.txt:1", "--around", "0")
    assert (moved.code, moved.out) == (0, f"> 2  {text}\n")
    assert "(moved: indexed at line 1, now at line 2)" in moved.err
    path.write_text("Something else.\n", encoding="utf-8")
    changed = indexed.byline("show", "news/port.txt:1")
    assert (changed.code, changed.out) == (1, "> 1  Something else.\n")
    assert "changed since it was indexed; run `byline index`" in changed.err
    path.unlink()
    gone = indexed.byline("show", "news/port.txt:1", "--json")
    assert (gone.code, gone.json["status"], gone.json["lines"]) == (1, "gone", [])


def test_a_line_as_json(indexed: Shell) -> None:
    assert indexed.byline("show", "news/in/mill.txt:1", "--json").json == {
        "path": "news/in/mill.txt",
        "status": "unchanged",
        "line": 1,
        "title": None,
        "lines": [{"line": 1, "text": "The mill was sold in May. It is very old."}],
    }


def test_a_colon_and_digits_in_a_file_name_are_no_line(shell: Shell) -> None:
    shell.write("at 10:30.txt", "The port is closed.")
    shell.byline("index", "news")
    assert shell.byline("show", "news/at 10:30.txt:1", "--json").json["line"] == 1


def editing(shell: Shell, name: str = "kak") -> Path:
    """Make a fake editor the person's; it writes its arguments into the file that is given back."""
    script, told = shell.home / "bin" / name, shell.home / "told"
    script.parent.mkdir(exist_ok=True)
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{told}"\n', encoding="utf-8")
    script.chmod(0o700)
    shell.patch.setenv("PATH", f"{script.parent}:{os.environ['PATH']}")
    shell.patch.delenv("VISUAL", raising=False)
    shell.patch.setenv("EDITOR", name)
    return told


def opened(shell: Shell, told: Path, *arguments: str) -> tuple[Ran, list[str]]:
    ran = shell.byline("show", *arguments, "--open")
    return ran, told.read_text(encoding="utf-8").splitlines()


def test_a_line_is_opened_in_the_editor_at_its_column(indexed: Shell) -> None:
    ran, given = opened(indexed, editing(indexed), "news/port.txt:1:5")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == "news/port.txt:1  (as it was indexed)\n"
    assert given == ["--", "+1:5", str(indexed.news / "port.txt")]


def test_a_line_that_moved_is_opened_where_it_stands_now(indexed: Shell) -> None:
    path = indexed.news / "port.txt"
    path.write_text("New.\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    _, given = opened(indexed, editing(indexed), "news/port.txt:1:5")
    assert given == ["--", "+2:1", str(path)]


def test_an_editor_that_takes_no_line_is_told_of(indexed: Shell) -> None:
    ran, given = opened(indexed, editing(indexed, "ed2000"), "news/port.txt:1")
    assert ran.err.endswith("byline: open at its beginning; the line is 1\n")
    assert given == [str(indexed.news / "port.txt")]


def test_what_is_gone_is_not_opened_and_json_is_still_printed(indexed: Shell) -> None:
    told = editing(indexed)
    ran, _ = opened(indexed, told, "news/port.txt:1", "--json")
    assert json.loads(ran.out)["line"] == 1
    told.unlink()
    (indexed.news / "port.txt").unlink()
    assert indexed.byline("show", "news/port.txt:1", "--open").code == 1
    assert not told.exists()


def test_an_editor_that_is_not_there_is_an_error(indexed: Shell) -> None:
    editing(indexed)
    indexed.patch.setenv("EDITOR", "nowhere")
    ran = indexed.byline("show", "news/port.txt:1", "--open", "--json")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "nowhere is not an installed command" in ran.err
