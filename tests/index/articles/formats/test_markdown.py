import pytest

from index.articles.blocks import Block, within, words_as_read
from index.articles.formats.markdown import read_markdown
from index.articles.text import Text, decode


def read(text: str) -> list[Block]:
    decoded = decode(text.encode())
    assert isinstance(decoded, Text)
    return read_markdown(decoded)


def blocks_of(text: str) -> list[tuple[str, int, str]]:
    """The kind and the level of each block, and the block as it is read."""
    return [
        (
            block.kind.value,
            block.level,
            words_as_read(block.span.of(text), within(block.edits, block.span)),
        )
        for block in read(text)
    ]


def leads_of(text: str) -> list[str]:
    return [block.lead.of(text) if block.lead else "" for block in read(text)]


def test_headings_of_both_styles() -> None:
    assert blocks_of("# The dam #\n\nGreta\n=====\n\nCareer\n---\n") == [
        ("heading", 1, "The dam"),
        ("heading", 1, "Greta"),
        ("heading", 2, "Career"),
    ]


def test_lists_are_nested_and_read_after_what_introduces_them() -> None:
    text = "The finalists are:\n\n- Salt\n    - of 1996\n- [x] Lock\n\nNo more.\n"
    assert blocks_of(text) == [
        ("paragraph", 0, "The finalists are:"),
        ("list item", 1, "Salt"),
        ("list item", 2, "of 1996"),
        ("list item", 1, "Lock"),
        ("paragraph", 0, "No more."),
    ]
    intro = "The finalists are:"
    assert leads_of(text) == ["", intro, "- Salt", intro, ""]


def test_numbers_of_items_are_read_and_are_no_sentences() -> None:
    text = "1. Mix.\n2. Bake.\n"
    assert [said for _, _, said in blocks_of(text)] == ["1. Mix.", "2. Bake."]
    assert [edit.text for block in read(text) for edit in block.edits] == ["1. ", "2. "]


def test_hashes_in_code_are_no_headings() -> None:
    text = "```bash\n# 1. copy\nrun shop\n```\n\n~~~\nopen\n"
    assert blocks_of(text) == [("code", 0, "\n# 1. copy\nrun shop\n"), ("code", 0, "\nopen")]


def test_the_cells_of_a_row_are_read_with_the_names_of_their_columns() -> None:
    text = "| Port | Harbour *master* |\n| --- | --- |\n| Torsund | Per Aas |\n"
    assert blocks_of(text) == [
        ("table row", 1, "Port, Harbour master"),
        ("table row", 0, "Torsund (Port), Per Aas (Harbour *master)"),
    ]
    assert leads_of(text)[1] == "| Port | Harbour *master* |"


def test_a_row_may_have_fewer_or_more_cells_than_the_header() -> None:
    text = "a | b\n-|-\nc\nd | e | f\n"
    assert [said for _, _, said in blocks_of(text)] == ["a, b", "c (a)", "d (a), e (b), f"]


def test_a_very_wide_table_is_read_as_it_is() -> None:
    text = "|a" * 200 + "|\n" + "|-" * 200 + "|\n" + "|x" * 200 + "|\n"
    assert blocks_of(text)[-1] == ("table row", 0, "|x" * 200 + "|")


def test_a_wrapped_quotation_is_one_paragraph() -> None:
    text = "> The lowest came from the far north,\n> of Corby.\n\n> [!info] Note\n> She rows.\n"
    assert blocks_of(text) == [
        ("quotation", 1, "The lowest came from the far north,\nof Corby."),
        ("quotation", 1, "Note"),
        ("quotation", 1, "She rows."),
    ]


def test_the_line_below_a_question_is_its_answer() -> None:
    text = "**What is the password?**\nsunflower-19\n"
    assert leads_of(text) == ["", "**What is the password?**"]


def test_footnotes_are_paragraphs() -> None:
    assert blocks_of("It was dug.[^a]\n\n[^a]: In 1801.\n[^b]: By Nils.\n") == [
        ("paragraph", 0, "It was dug."),
        ("paragraph", 0, " In 1801."),
        ("paragraph", 0, " By Nils."),
    ]


def test_a_comment_is_in_the_text_and_is_not_read() -> None:
    (block,) = read("<!-- a\nb -->\n")
    assert [(edit.start, edit.end, edit.text) for edit in block.edits] == [(0, 12, "")]


def test_speakers_are_found_in_markdown() -> None:
    text = "**Ruth Ames:** \\[00:12\\] Hello.\n\n**Karl Ben:** No.\n\n**Ruth Ames:** Yes.\n"
    assert blocks_of(text)[0] == ("paragraph", 0, "Ruth Ames: [00:12] Hello.")


@pytest.mark.parametrize("skipped", [0, 2])
def test_lines_that_are_skipped_are_in_no_block(skipped: int) -> None:
    decoded = decode(b"a\n\n# b\n")
    assert isinstance(decoded, Text)
    assert len(read_markdown(decoded, skipped)) == (2 if skipped == 0 else 1)
