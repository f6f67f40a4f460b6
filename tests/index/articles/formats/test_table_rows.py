from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.articles.formats.table_rows import RowParser


def parsers() -> tuple[MarkdownIt, MarkdownIt]:
    library = MarkdownIt("commonmark").enable("table").disable("reference")
    rows = MarkdownIt("commonmark")
    rows.block = RowParser()
    rows.disable("reference")
    for parser in (library, rows):
        parser.core.ruler.enableOnly(["normalize", "block"])
    return library, rows


LIBRARY, ROWS = parsers()


def test_a_row_has_no_tokens_for_its_cells() -> None:
    tokens = ROWS.parse("|a|b|\n|-|-|\n|c|d|\n")

    rows = ["tr_open", "tr_close"]
    assert [token.type for token in tokens] == [
        "table_open", "thead_open", *rows, "thead_close", "tbody_open", *rows, "tbody_close",
        "table_close",
    ]  # fmt: skip


@given(st.text("ab|-:>#*1. `\t\n", max_size=80))
@example("> a|b\n> -|-\n> c|d\n\n- e\n  f|g\n  -|-\n  h\n# i")
def test_all_other_tokens_are_those_of_the_library(text: str) -> None:
    expected = []
    is_in_cell = False
    for token in LIBRARY.parse(text):
        is_in_cell |= token.type in ("th_open", "td_open")
        if not is_in_cell:
            expected.append(token)
        is_in_cell &= token.type not in ("th_close", "td_close")

    assert ROWS.parse(text) == expected
