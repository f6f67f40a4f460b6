from tests.tui.fakes import Shell


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
