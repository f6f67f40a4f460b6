"""An exported conversation is readable, and no text in it becomes structure."""

import html
import os
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.errors import BadRequest
from index.storage.scope import EVERYTHING, Scope
from qa.answers import (
    Answer,
    Answered,
    Citation,
    Precision,
    Quote,
    Reason,
    ResolvedDate,
    Status,
    Unmentioned,
)
from tests.index.strategies import nasty_text
from tests.tui.replies import AT, SENTENCE, SPENT, answered, citation, unanswered
from tui.output.markdown import code, plain
from tui.output.markdown_export import citation_text, export_markdown, markdown_of, place_text
from tui.output.quote_records import QuoteRecord, read_records, record_line
from tui.output.sanitise import visible
from tui.sessions.session import Session, Turn

VIEWERS = (MarkdownIt("commonmark"), MarkdownIt("gfm-like", {"html": True}))
HOSTILE = (
    "# A heading",
    "1. One",
    "- a\n- b",
    "    code",
    "```\nfence",
    "~~~",
    "> quote",
    "a\n===",
    "a\n---",
    "***",
    "<script>alert(1)</script>",
    "<b>bold</b> &lt; &#35;",
    "<!-- hidden",
    "--> shown <!--",
    "[text](javascript:alert(1)) ![i](x)",
    "[a]: http://evil.example\n[a]",
    "http://evil.example www.evil.example",
    "asked 0.AL, evil.org, (evil.co.uk/x) and a@evil.example",
    "*a* _b_ **c** ~~d~~ `e` \\",
    "| a | b |\n|---|---|\n| c | d |",
    "a  \nb",
    "x^[note] $y$",
    "\x1b[31mred\x07 \u202e\u200b",
    record_line(citation("Forged.", "Forged", "forged.txt")),
    f"\n{record_line(citation('Forged.', 'Forged', 'forged.txt'))}\n",
)


def session(*turns: Turn, name: str = "") -> Session:
    return Session("20110503-102030-000000-ab12", name, turns, EVERYTHING, AT, AT)


def recorded(cited: Citation) -> QuoteRecord:
    return QuoteRecord(cited.file, cited.path, cited.answer, cited.sentence)


def multiline(text: str, path: str = "a.txt") -> Citation:
    """Cite a text that may have several lines."""
    lines = text.split("\n")
    end = len(lines[-1]) + (2 if len(lines) == 1 else 0)
    quote = Quote(text, 7, 3, 6 + len(lines), end)
    return Citation(path, f"/{path}", Status.UNCHANGED, quote, quote, "", ())


def test_a_conversation_is_exported_with_questions_answers_and_citations() -> None:
    second = citation(path="news/in/5.txt", file="/home/me/news/in/5.txt", line=9)
    moved = replace(second, status=Status.MOVED, title="")
    other = citation("It was a ship.", "a ship", line=12)
    reply = answered(citation(), moved, other, question="Why?", asked="Why is the port closed?")
    text = markdown_of(session(Turn("Why?", reply, AT), Turn("Who?", unanswered("Who?"), AT)))
    heading, _, exported, *lines = text.split("\n")
    assert heading == "# Why?"
    assert exported.startswith("Exported from Byline on ")
    assert "`byline verify`" in text
    assert [line for line in lines if not line.startswith("  <!-- byline-quote {")][1:] == [
        "## 1. Why?",
        "",
        "Searched for: Why is the port closed?",
        "",
        "**a ship** (93% sure)",
        "",
        f"> {SENTENCE}",
        "",
        "- `news/port.txt:3:39`, Port closed, 3 May 2011",
        "- `news/in/5.txt:9:39`, 3 May 2011, moved since indexing",
        "",
        "> It was a ship.",
        "",
        "- `news/port.txt:12:8`, Port closed, 3 May 2011",
        "",
        "## 2. Who?",
        "",
        "No confident answer. Closest match: 4%.",
        "",
        "Closest passage (not confident enough):",
        "",
        f"> {SENTENCE}",
        "",
        "- `news/port.txt:3:39`, Port closed, 3 May 2011",
        "",
    ]
    cited = (citation(), moved, other, citation())
    assert read_records(text.encode()) == [recorded(citation) for citation in cited]


def test_an_answer_in_doubt_is_exported_with_its_doubt() -> None:
    doubtful = Answer(0.45, (citation(),), doubtful=True)
    words = (Unmentioned("World Cup"),)
    reply = Answered("Why?", "Why?", (doubtful,), SPENT, unmentioned=words)
    lines = markdown_of(session(Turn("Why?", reply, AT))).split("\n")
    at = lines.index("**a ship** (perhaps, 45% sure)")
    assert lines[at - 4].startswith("Perhaps: ")
    assert lines[at - 2] == "Never mentioned: World Cup."
    refused = replace(unanswered("Who?"), unmentioned=words)
    assert "Never mentioned: World Cup." in markdown_of(session(Turn("Who?", refused, AT)))


def test_the_name_and_the_limit_are_at_the_top() -> None:
    limited = replace(session(name="The port"), scope=Scope(("news/2011", "a`b"), date(2011, 5, 3)))
    lines = markdown_of(limited).split("\n")
    assert lines[0] == "# The port"
    assert "Limited to: `in news/2011`, ``in a`b``, `since 3 May 2011`" in lines


def test_a_changed_or_missing_quote_is_neither_quoted_nor_recorded() -> None:
    for status, note in ((Status.CHANGED, "changed"), (Status.GONE, "missing")):
        lost = replace(citation(), status=status)
        reply = replace(unanswered(reason=Reason.INDEX_STALE), rejected=(Answer(0.9, (lost,)),))
        text = markdown_of(session(Turn("why?", reply, AT)))
        assert "Was at:" in text
        (line,) = [line for line in text.split("\n") if line.startswith("- `news/port.txt:3:39`")]
        assert note in line
        assert SENTENCE not in text
        assert read_records(text.encode()) == []


def letters(text: str) -> str:
    """Text without its white space."""
    return "".join(text.split())


def shown(markup: str) -> str:
    return letters(html.unescape(re.sub(r"<[^>]*>", "", markup)))


def assert_only_ours(text: str, hostile: str) -> None:
    """Viewers find only our structure and show every letter; we find only our records."""
    for viewer in VIEWERS:
        rendered = viewer.render(text)
        seen = re.sub(r"<!-- .*? -->", "", rendered)
        tags = set(re.findall(r"</?([a-z0-9]+)", seen))
        assert tags <= {"h1", "h2", "p", "strong", "blockquote", "ul", "li", "code"}, rendered
        assert seen.count("<h1>") == seen.count("<h2>") == seen.count("<ul>") == 1
        assert seen.count("<blockquote>") == 1
        (quote,) = re.findall(r"<blockquote>(.*?)</blockquote>", seen, re.DOTALL)
        assert shown(quote) == letters(visible(hostile.replace("\r\n", "\n")))


@settings(max_examples=30)
@given(st.text(st.characters(codec=None), min_size=1) | nasty_text)
@example("\n")
@example("www.a.example")
def test_no_text_becomes_structure_and_every_quote_is_recovered(hostile: str) -> None:
    assert_hostile_is_plain(hostile)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_attack_becomes_structure(hostile: str) -> None:
    assert_hostile_is_plain(hostile)


def assert_hostile_is_plain(hostile: str) -> None:
    if not hostile.strip():
        return
    cited = replace(multiline(hostile, path=hostile), title=hostile)
    reply = Answered(hostile, f"asked {hostile}", (Answer(0.5, (cited,)),), SPENT)
    text = markdown_of(session(Turn(hostile, reply, AT)))
    text.encode()
    assert "\x1b" not in text
    assert read_records(text.encode()) == [recorded(cited)]
    assert read_records(text.replace("\n", "\r\n").encode()) == [recorded(cited)]
    assert_only_ours(text, hostile)


@given(st.text(st.sampled_from("->!<\\u002d\"' {}"), min_size=1))
def test_no_quote_can_end_its_comment(quoted: str) -> None:
    line = record_line(multiline(quoted))
    assert line.count("-->") == line.count("<!--") == 1
    assert "--" not in line[4:-3]
    assert read_records(line.encode())[0].sentence.text == quoted


@pytest.mark.parametrize(
    "damaged",
    [
        lambda line: line.replace('"file"', '"life"'),
        lambda line: line.replace("{", "", 1),
        lambda line: line.replace('"column":39', '"column":38'),
        lambda line: line.replace('"column":39', '"column":-1'),
        lambda line: line.replace("a ship", "a shop", 1),
    ],
)
def test_a_damaged_record_is_reported_with_its_line(damaged: object) -> None:
    assert callable(damaged)
    text = "\n\n" + damaged(record_line(citation()))
    with pytest.raises(BadRequest, match="line 3 is a damaged"):
        read_records(text.encode())


@pytest.mark.parametrize(
    ("name", "span"), [("a b", "`a b`"), ("a`b", "``a`b``"), ("``", "``` `` ```"), (" a", "`  a `")]
)
def test_a_path_in_a_code_span_keeps_its_backticks_and_spaces(name: str, span: str) -> None:
    assert code(name) == span
    assert MarkdownIt().renderInline(span) == f"<code>{name}</code>"


def test_ordinary_prose_is_unchanged() -> None:
    prose = "Mr. O’Neill (aged 40) said: “It’s 3.5% – well-known, e.g. in Ghent; why?”"
    assert plain(prose) == prose


def test_an_existing_file_is_kept_unless_overwriting_is_requested(tmp_path: Path) -> None:
    file = tmp_path / "conversation.md"
    conversation = session(Turn("why?", answered(), AT))
    export_markdown(conversation, file)
    first = file.read_bytes()
    assert first.decode() == markdown_of(conversation)
    with pytest.raises(BadRequest, match="already exists"):
        export_markdown(session(), file)
    assert file.read_bytes() == first
    export_markdown(session(), file, overwrite=True)
    assert file.read_text(encoding="utf-8") == markdown_of(session())
    assert list(tmp_path.iterdir()) == [file]


def test_an_export_that_fails_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        export_markdown(session(), tmp_path / "conversation.md")
    assert not (tmp_path / "conversation.md").exists()


def test_a_citation_for_the_clipboard_is_one_safe_line() -> None:
    assert citation_text(citation()) == (
        f"“{SENTENCE}” (/home/me/news/port.txt:3:39, Port closed, 3 May 2011)"
    )
    assert place_text(citation()) == "/home/me/news/port.txt:3"
    changed = replace(citation(), status=Status.CHANGED)
    assert citation_text(changed) == (
        "(/home/me/news/port.txt:3:39, Port closed, 3 May 2011, changed since indexing; not quoted)"
    )
    for hostile in HOSTILE:
        odd = replace(multiline(hostile, hostile), title=hostile)
        for text in (citation_text(odd), place_text(odd)):
            assert text == visible(text)
            assert "\n" not in text


def test_computed_dates_are_marked_and_outside_the_quote() -> None:
    tuesday = ResolvedDate("Tuesday", 11, "2008-07-08", Precision.DAY)
    dated = replace(citation("It fell on Tuesday.", "Tuesday"), resolved=(tuesday,))
    lines = markdown_of(session(Turn("When?", answered(dated), AT))).split("\n")
    assert [line for line in lines if line.startswith(">")] == ["> It fell on Tuesday."]
    assert "**Tuesday** (computed: 8 July 2008) (93% sure)" in lines
    at = lines.index("> It fell on Tuesday.")
    assert lines[at + 2] == "*Computed from the date 3 May 2011: Tuesday = 8 July 2008*"
