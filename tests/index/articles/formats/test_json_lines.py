import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.blocks import Kind
from index.articles.fields import Field
from index.articles.files import Contents, Signature
from index.articles.formats.document import ExtractedDocument
from index.articles.formats.field_names import JsonFields, use_fields
from index.articles.formats.json_lines import read
from index.articles.formats.reading import read_document
from index.articles.formats.registry import format_by_suffix
from index.articles.parse import read_article, structure_of
from index.articles.passages import DEFAULT_SETTINGS, NoLimit
from index.articles.places import Place
from index.articles.text import NotText
from qa.citations import quote_of

NAMES = JsonFields("body", title="head.line", date="day", author="who")


@pytest.fixture(autouse=True)
def fields() -> Iterator[None]:
    use_fields(NAMES)
    yield
    use_fields(None)


def document(*lines: str) -> ExtractedDocument:
    found = read("\n".join(lines).encode())
    assert not isinstance(found, NotText), found
    return found


def test_each_line_is_a_part_at_its_place_under_its_title() -> None:
    first = '{"id": 7, "head": {"line": "The port"}, "day": "2011-07-03", "body": "It is closed."}'
    second = '{"body": "The mill is sold.\\n\\nNobody knew.", "head": {"line": "The mill"}}'
    found = document(first, "", second)
    text = found.text.text
    assert text == (
        "The port\n\n2011-07-03\n\nIt is closed.\n\nThe mill\n\nThe mill is sold.\n\nNobody knew."
    )
    at = text.index("It is")
    assert found.text.place(at) == Place(1, first.index("It is") + 1)
    # The two escapes before it take two columns each.
    assert found.text.place(text.index("Nobody")) == Place(3, second.index("Nobody") + 1)
    kinds = [(block.kind, block.level) for block in found.outline.blocks]
    assert kinds == [
        (Kind.HEADING, 2), (Kind.HEADING, 3), (Kind.PARAGRAPH, 0), (Kind.HEADING, 2),
        (Kind.PARAGRAPH, 0), (Kind.PARAGRAPH, 0),
    ]  # fmt: skip
    assert found.notes == ()


def test_what_a_single_line_states_is_stated_by_the_file() -> None:
    found = document('{"head": {"line": "The port"}, "who": "Ada", "day": "2011", "body": "Shut."}')
    assert structure_of(found).title == "The port"
    assert found.outline.facts == (Field("date", "2011"), Field("author", "Ada"))


def test_lines_that_cannot_be_read_are_skipped_and_named() -> None:
    deep = '{"body": ' + "[" * 100_000
    found = read(
        "\n".join(["[1]", '{"body": "Good."}', '{"body": 3}', '{"body": "x"} y', deep]).encode()
        + b'\n{"body": "\xff"}\n{"body": "A'
    )
    assert not isinstance(found, NotText)
    assert found.text.text == "Good."
    assert found.notes == (
        "lines skipped: 1 (no JSON object), 3 (no text in body), 4 (no JSON object), "
        "5 (nested too deeply), 6 (not UTF-8) and 1 more",
    )
    none = read(b'{"text": "Under another name."}')
    assert isinstance(none, NotText)
    assert "no text in body" in none.reason


def test_without_names_in_the_settings_nothing_is_read() -> None:
    use_fields(None)
    known = format_by_suffix("a.jsonl")
    assert known is not None
    assert "[formats.jsonl]" in (known.missing or "")
    assert isinstance(read_document(b'{"body": "Shut."}', "a.jsonl"), NotText)


@given(st.lists(st.text().map(lambda text: f"x{text}"), min_size=1, max_size=4), st.booleans())
def test_every_quote_is_in_the_string_of_its_line(texts: list[str], is_ascii: bool) -> None:
    use_fields(NAMES)
    lines = [json.dumps({"a": "x", "body": text}, ensure_ascii=is_ascii) for text in texts]
    data = "\n".join(lines).encode(errors="surrogatepass")
    signature = Signature(0, 0, 0, 0)
    article = read_article(Contents(data, signature), DEFAULT_SETTINGS, NoLimit(), "a.jsonl")
    if isinstance(article, NotText):
        return
    for passage in article.passages:
        for sentence in passage.sentences:
            quote = quote_of(passage, sentence)
            assert quote.text.replace("\ufffd", "\0") in texts[quote.place.line - 1] or (
                "\ufffd" in quote.text or "?" in quote.text
            )
            start = lines[quote.place.line - 1][quote.place.column - 1 :]
            assert start.startswith((quote.text[0], "\\")) or quote.text[0] in "\ufffd?"
