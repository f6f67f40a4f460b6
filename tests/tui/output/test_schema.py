"""Every command's `--json` is what docs/byline.schema.json says."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from index.storage.scope import EVERYTHING
from tests.tui.fakes import Shell
from tests.tui.replies import AT, answered, citation
from tui.output.markdown_export import export_markdown
from tui.sessions.session import Session, Turn

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "docs" / "byline.schema.json").read_text(encoding="utf-8")
)
QUESTION = "The port is closed."


def check(kind: str, line: Any) -> None:  # noqa: ANN401
    """A line is of one kind, and of that kind alone."""
    definition = {"$ref": f"#/$defs/{kind}", "$defs": SCHEMA["$defs"]}
    Draft202012Validator(definition).validate(line)
    Draft202012Validator(SCHEMA).validate(line)


@pytest.mark.parametrize("threshold", ["0", "1"])
def test_replies_of_ask(indexed: Shell, threshold: str) -> None:
    ran = indexed.byline("ask", QUESTION, "--threshold", threshold, "--json")
    assert ran.json["answers"]
    check("reply", ran.json)


def test_a_reply_with_a_computed_date(shell: Shell) -> None:
    shell.write("dam.txt", "Lima, 8 July 2008\n\nThe dam opened on Tuesday.\n")
    assert shell.byline("index", "news").code == 0
    reply = shell.byline("ask", "The dam opened on Tuesday.", "--json").json
    assert reply["answers"][0]["resolved"] == {"date": "2008-07-08", "precision": "day"}
    check("reply", reply)


def test_a_line_that_cannot_be_asked(indexed: Shell) -> None:
    ran = indexed.byline("ask", "-", "--json", stdin=b'{"id": 7, "question": " "}\n')
    check("error", ran.json)


def test_the_summary_of_index(indexed: Shell) -> None:
    indexed.write("link.txt", "").unlink()
    (indexed.news / "link.txt").symlink_to("port.txt")
    ran = indexed.byline("index", "--full", "--json")
    assert ran.json["skipped"]
    assert ran.json["rebuilt"]
    check("summary", ran.json)


def test_the_findings_of_check(indexed: Shell) -> None:
    check("findings", indexed.byline("check", "--json").json)


def test_the_lines_of_show(indexed: Shell) -> None:
    check("lines", indexed.byline("show", "news/port.txt:1", "--json").json)


def test_the_structure_of_a_file(indexed: Shell) -> None:
    check("structure", indexed.byline("show", "news/port.txt", "--structure", "--json").json)


@pytest.mark.parametrize("word", ["port", "lion"])
def test_the_places_of_find(indexed: Shell, word: str) -> None:
    check("found", indexed.byline("find", word, "--json").json)


def test_the_quotes_of_verify(shell: Shell) -> None:
    file = str(shell.write("port.txt", "Nothing that was cited.\n"))
    cited = citation(path="news/port.txt", file=file, line=1)
    turn = Turn("why?", answered(cited), AT)
    session = Session("20110503-102030-000000-ab12", "", (turn,), EVERYTHING, AT, AT)
    export_markdown(session, shell.home / "talk.md")
    check("verified", shell.byline("verify", "talk.md", "--json").json)


def test_the_quotes_of_verify_in_any_text(indexed: Shell) -> None:
    (indexed.home / "essay.md").write_text(
        "“the port is closed” (news/port.txt:1), “Nobody had the money”, “no such words”.\n"
    )
    checked = indexed.byline("verify", "essay.md", "--json").json
    assert [one["match"] for one in checked["checked"]] == ["exact", "words", "none"]
    check("checked", checked)


def test_a_field_that_is_missing_or_new_is_found(indexed: Shell) -> None:
    reply = indexed.byline("ask", QUESTION, "--json").json
    with pytest.raises(ValidationError):
        check("reply", reply | {"new": 1})
    del reply["asked"]
    with pytest.raises(ValidationError):
        check("reply", reply)
