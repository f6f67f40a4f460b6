import pytest

from index.articles.blocks import Kind, within, words_as_read
from index.articles.formats.plain_text import read_plain_text
from index.articles.text import Text, decode
from tests.index.articles.test_paragraphs import WRAPPED, texts_of

Said = tuple[str, str]


def blocks_of(text: str) -> list[Said]:
    """The kind of each block, and the block as it is read."""
    decoded = decode(text.encode())
    assert isinstance(decoded, Text)
    return [
        (block.kind.value, words_as_read(block.span.of(text), within(block.edits, block.span)))
        for block in read_plain_text(decoded)
    ]


@pytest.mark.parametrize("mark", ["- ", "* ", "+ ", "• ", "– ", "1. ", "12) "])
def test_list_items_are_not_joined_to_the_line_before(mark: str) -> None:
    second = mark.replace("12", "13").replace("1.", "2.")
    assert texts_of(f"They brought\n{mark}tents\n{second}water") == [
        "They brought",
        f"{mark}tents",
        f"{second}water",
    ]


def test_a_list_items_own_wrapped_line_is_joined() -> None:
    assert texts_of("- tents for\n  the night\n- water") == ["- tents for\n  the night", "- water"]


@pytest.mark.parametrize("start", ["12. He turned", "– as he says –", "* at least *", "1963 and"])
def test_a_line_in_a_sentence_that_begins_like_an_item_is_none(start: str) -> None:
    text = f"The oldest of the ferrymen has rowed since he was\n{start} ninety, and he rows."
    assert [kind for kind, _ in blocks_of(text)] == [Kind.PARAGRAPH]


def test_items_are_read_after_the_line_that_introduces_them() -> None:
    decoded = decode(b"They brought:\n- tents\n- water")
    assert isinstance(decoded, Text)
    leads = [block.lead and block.lead.of(decoded.text) for block in read_plain_text(decoded)]
    assert leads == [None, "They brought:", "They brought:"]


def test_headings_are_not_joined() -> None:
    assert texts_of("they met\n## What was\nsaid there") == [
        "they met",
        "## What was",
        "said there",
    ]
    assert blocks_of("#hashtag of it") == [("paragraph", "#hashtag of it")]


def test_an_underlined_line_is_a_heading() -> None:
    assert blocks_of("Greta Falk\n=====\nShe rows.\n\nCareer\n---\nMinister.") == [
        ("heading", "Greta Falk"),
        ("paragraph", "She rows."),
        ("heading", "Career"),
        ("paragraph", "Minister."),
    ]


def test_a_wrapped_files_headings_and_items_stay_apart_after_a_full_line() -> None:
    full = "".join(WRAPPED.splitlines(keepends=True)[:3])
    for line in ("- tents", "## Tents", "1. Tents"):
        assert texts_of(f"{full}{line}\n\n{WRAPPED}")[:2] == [full.rstrip(), line]


def test_quoted_mail_is_read_without_its_marks() -> None:
    text = "Hello,\n\n> The lowest offer came from\n> Dunn and Hale, who want more.\n>\n> > Who?\n"
    assert blocks_of(text) == [
        ("paragraph", "Hello,"),
        ("quotation", "The lowest offer came from\nDunn and Hale, who want more."),
        ("quotation", ""),
        ("quotation", "Who?"),
    ]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            "[12/03/2021, 18:04] Anna Wolff: he comes at 8\n[12/03/2021, 18:05] Ben: ok",
            ["Anna Wolff: he comes at 8", "Ben: ok"],
        ),
        ("<mira> it broke\n<tomek> the linker", ["mira: it broke", "tomek: the linker"]),
        ("18:04 <mira> it broke\n18:05 <tomek> no", ["mira: it broke", "tomek: no"]),
        ("ANNA: He comes.\nBEN: No.\nANNA: Yes.", ["ANNA: He comes.", None, "ANNA: Yes."]),
        ("Q: May I?\nA: You may.", ["Q: May I?", "A: You may."]),
        ("Anna (00:12:01): Hello.\nBen (00:12:07): Hi.", ["Anna: Hello.", "Ben: Hi."]),
    ],
)
def test_each_turn_of_a_conversation_is_read_with_its_speaker(
    lines: str, said: list[str | None]
) -> None:
    found = [words if kind == Kind.DIALOGUE else None for kind, words in blocks_of(lines)]
    assert found == said


def test_an_answer_is_read_after_its_question() -> None:
    text = "Q: May I?\nA: You may.\n"
    decoded = decode(text.encode())
    assert isinstance(decoded, Text)
    question, answer = read_plain_text(decoded)
    assert question.lead is None
    assert answer.lead == question.span


def test_facts_are_items_each() -> None:
    assert blocks_of("Present: Ada Cole\nNext meeting: 4 June\nphone:: 0470 22 18") == [
        ("list item", "Present: Ada Cole"),
        ("list item", "Next meeting: 4 June"),
        ("list item", "phone:: 0470 22 18"),
    ]


def test_a_definition_is_read_after_its_term() -> None:
    assert blocks_of("Gaff\n: A hooked pole.")[1] == ("list item", "A hooked pole.")


def test_a_sentence_runs_on_over_a_page_break() -> None:
    text = "The council of\n\n\fTHE PORT\n\n12\n\nthe town met.\n\nIt rained."
    assert blocks_of(text) == [
        ("paragraph", "The council of\nthe town met."),
        ("paragraph", "It rained."),
    ]


def test_a_paragraph_between_open_ones_is_no_running_head() -> None:
    assert len(blocks_of("The council of\n\nNobody came to it today.\n\nthe town met.")) == 3


def test_words_broken_at_the_end_of_a_line_are_read_whole() -> None:
    assert blocks_of("The Gov-\nernment kept it for twenty-\nnine years.") == [
        ("paragraph", "The Government kept it for twenty-nine years.")
    ]
    assert blocks_of("The pro\u00adfes\u00adsor was \ufb01rst.") == [
        ("paragraph", "The professor was first.")
    ]
