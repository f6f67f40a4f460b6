from collections.abc import Sequence
from textwrap import wrap

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from index.articles import tokens
from index.articles.blocks import Block, Edit, Kind
from index.articles.formats.plain_text import read_plain_text
from index.articles.paragraphs import lines_of
from index.articles.passages import ModelLimit, NoLimit, Passage, PassageSettings, pack, split
from index.articles.spans import Span
from index.articles.text import NotText, Text, decode
from tests.fakes import WordLimit
from tests.index.strategies import decode_slice, nasty_bytes, position_by_bytes

settings = st.builds(PassageSettings, budget=st.integers(1, 40), overlap=st.integers(0, 20))
WIDE = WordLimit(10_000)


def text_of(text: str | bytes) -> Text:
    decoded = decode(text.encode() if isinstance(text, str) else text)
    assert isinstance(decoded, Text)
    return decoded


def split_text(
    text: Text, settings: PassageSettings, limit: ModelLimit = WIDE, title: str = ""
) -> list[Passage]:
    return split(text, read_plain_text(text), title, settings, limit)


def one_block(text: str, kind: Kind, *edits: Edit) -> Passage:
    (found,) = split(
        text_of(text), [Block(Span(0, len(text)), kind, 0, edits)], "", PassageSettings(), WIDE
    )
    return found


def words(count: int) -> str:
    """A sentence of `count` words."""
    return "The " + "the " * (count - 2) + "end."


@given(nasty_bytes, settings)
def test_the_bytes_at_a_passages_position_are_its_text(
    data: bytes, settings: PassageSettings
) -> None:
    text = decode(data)
    if isinstance(text, NotText):
        return
    for passage in split_text(text, settings):
        assert (
            decode_slice(data[passage.byte_start : passage.byte_end], text.encoding) == passage.text
        )
        assert (passage.line, passage.column) == position_by_bytes(
            data, text.encoding, passage.byte_start
        )
        last = position_by_bytes(data, text.encoding, passage.byte_start)[0] + passage.text.count(
            "\n"
        )
        assert passage.end_line == last


@given(nasty_bytes, settings)
def test_the_bytes_at_a_sentences_position_are_the_sentence(
    data: bytes, settings: PassageSettings
) -> None:
    text = decode(data)
    if isinstance(text, NotText):
        return
    for passage in split_text(text, settings):
        offset = len(decode_slice(data[text.bom : passage.byte_start], text.encoding))
        before = 0
        for sentence in passage.sentences:
            assert before <= sentence.start < sentence.end <= len(passage.text)
            before = sentence.end
            start, end = (text.byte_offset(offset + at) for at in (sentence.start, sentence.end))
            quoted = sentence.of(passage.text)
            assert decode_slice(data[start:end], text.encoding) == quoted == quoted.strip()
            position = text.position(offset + sentence.start)
            assert (position.line, position.column) == position_by_bytes(data, text.encoding, start)


@given(nasty_bytes, settings)
@example(("One. " + "\n" * 900 + "Two.").encode(), PassageSettings(20, 5))
@example(b"a" * 100 + b"\n" + b"b" * 100, PassageSettings(5, 2))
def test_no_passage_is_over_the_budget(data: bytes, settings: PassageSettings) -> None:
    text = decode(data)
    if isinstance(text, NotText):
        return
    for passage in split_text(text, settings):
        size = tokens.count(" " + " ".join(passage.words.split()))
        assert size <= settings.budget or len(passage.text) == 1
        assert len(passage.text) <= 25 * settings.budget


@given(nasty_bytes, settings, st.integers(8, 40), st.sampled_from(["", "A title of it"]))
def test_no_passage_is_longer_than_the_model_sees(
    data: bytes, settings: PassageSettings, max_tokens: int, title: str
) -> None:
    text, limit = decode(data), WordLimit(max_tokens)
    if isinstance(text, NotText):
        return
    for passage in split_text(text, settings, limit, title):
        assert limit.count([passage.embedded_with(title)])[0] <= max_tokens


@given(nasty_bytes, settings, st.integers(3, 40))
def test_passages_cover_every_character(
    data: bytes, settings: PassageSettings, max_tokens: int
) -> None:
    text = decode(data)
    if isinstance(text, NotText):
        return
    covered: set[int] = set()
    for passage in split_text(text, settings, WordLimit(max_tokens)):
        start = next(i for i in range(len(text.text)) if text.byte_offset(i) == passage.byte_start)
        covered.update(range(start, start + len(passage.text)))
        assert passage.sentences
    assert {i for i, char in enumerate(text.text) if not char.isspace()} <= covered


@given(st.lists(st.integers(1, 60), max_size=60), settings)
def test_ranges_cover_everything_advance_and_keep_to_the_budget(
    sizes: list[int], settings: PassageSettings
) -> None:
    before = 0
    last_start = -1
    for start, end in pack(sizes, settings):
        assert last_start < start <= before < end
        size = sum(sizes[start:end])
        assert size <= settings.budget or end - start == 1
        assert sum(sizes[start:before]) <= settings.overlap
        assert end == len(sizes) or size + sizes[end] > settings.budget
        last_start, before = start, end
    assert before == len(sizes)


def test_ranges_overlap_by_as_many_sentences_as_fit() -> None:
    # 4 + 3 + 3 fill ten; 3 overlaps, for 3 + 3 would be over the overlap of five; then 3 + 6.
    ranges = pack([4, 3, 3, 6, 9, 2], PassageSettings(budget=10, overlap=5))
    assert list(ranges) == [(0, 3), (2, 4), (4, 5), (5, 6)]


def test_a_sentence_over_the_budget_is_alone_in_its_range() -> None:
    assert list(pack([2, 50, 2], PassageSettings(budget=10, overlap=5))) == [(0, 1), (1, 2), (2, 3)]
    assert list(pack([], PassageSettings())) == []


def test_a_passage_holds_complete_sentences_up_to_the_budget() -> None:
    # "The", 37 times " the", " end" and ".": 40 tokens a sentence, and a space is in the next one.
    text = text_of(" ".join([words(39)] * 5))
    assert tokens.count(words(39)) == 40
    found = split_text(text, PassageSettings(budget=80, overlap=0))
    assert [passage.text.count("end.") for passage in found] == [2, 2, 1]


def test_neither_line_breaks_nor_white_space_decide_what_a_passage_holds() -> None:
    prose = " ".join([words(9), words(30), words(5), words(17)] * 4)
    wrapped = "\n".join(wrap(prose, 40))
    settings = PassageSettings(budget=60, overlap=20)
    expected = [one.text for one in split_text(text_of(prose), settings)]
    for written in (wrapped, wrapped.replace("\n", "  \n   ")):
        found = split_text(text_of(written), settings)
        assert [" ".join(one.text.split()) for one in found] == expected
    assert len(expected) > 3


def test_passages_repeat_the_sentences_that_overlap() -> None:
    sentences = [f"The {name} was built there." for name in ("port", "road", "dam", "mill")]
    text = text_of(" ".join(sentences))
    size = tokens.count(" " + sentences[0])
    found = split_text(text, PassageSettings(budget=2 * size, overlap=size))
    assert [passage.text for passage in found] == [" ".join(sentences[i : i + 2]) for i in range(3)]


def test_boilerplate_has_passages_of_its_own() -> None:
    text = text_of("One stood.\nShare\nTwo stood.\nThree stood.")
    first, share, second, third = (Block(line.span, Kind.PARAGRAPH) for line in lines_of(text))
    blocks = [first, replace(share, kind=Kind.BOILERPLATE), second, third]
    found = split(text, blocks, "", PassageSettings(), WIDE)
    assert [(passage.kind.value, passage.text) for passage in found] == [
        ("paragraph", "One stood."),
        ("boilerplate", "Share"),
        ("paragraph", "Two stood.\nThree stood."),
    ]


def test_a_heading_is_a_sentence_without_its_marks() -> None:
    (found,) = split_text(text_of("# The dam\n\nIt broke. It was old."), PassageSettings())
    assert found.text == "# The dam\n\nIt broke. It was old."
    assert found.kind is Kind.PARAGRAPH
    assert [span.of(found.text) for span in found.sentences] == [
        "The dam", "It broke.", "It was old.",
    ]  # fmt: skip


def test_headings_alone_make_a_passage_of_their_kind() -> None:
    (found,) = split_text(text_of("# The dam\n# The mill"), PassageSettings())
    assert (found.kind, found.text) == (Kind.HEADING, "# The dam\n# The mill")


def test_a_section_begins_a_passage_and_later_passages_know_its_headings() -> None:
    text = text_of("# Port\n\nIt is old.\n\n## Cranes\n\n" + " ".join([words(39)] * 3))
    found = split_text(text, PassageSettings(budget=60, overlap=0))
    assert [passage.context for passage in found] == ["", "Port", "Port > Cranes", "Port > Cranes"]
    assert found[1].text.startswith("## Cranes\n\nThe the")
    assert found[2].embedded_with("Title").startswith("Title\nPort > Cranes\nThe the")


def test_the_title_is_not_repeated_as_context() -> None:
    text = text_of("# Port\n\nIt is old.\n\n## Cranes\n\nTwo.")
    assert [one.context for one in split_text(text, PassageSettings(), title="Port")] == ["", ""]


def test_a_context_too_long_for_the_model_is_dropped() -> None:
    text = text_of("# " + "port " * 9 + "\n\nIt is.\n\n## Cranes\n\nTwo.")
    contexts = [one.context for one in split_text(text, PassageSettings(), WordLimit(40))]
    assert set(contexts) == {""}


def test_marks_are_read_over_and_stay_in_the_text() -> None:
    found = one_block("> It *broke*.", Kind.QUOTE, Edit(0, 2), Edit(5, 6), Edit(11, 12))
    assert (found.text, found.words) == ("> It *broke*.", "It broke.")
    assert [span.of(found.text) for span in found.sentences] == ["It *broke*."]
    assert found.said_in(found.sentences[0]) == "It broke."


def test_each_line_of_code_is_a_sentence() -> None:
    found = one_block("```\n# one. two\nrun\n```", Kind.CODE, Edit(0, 3), Edit(19, 22))
    assert [span.of(found.text) for span in found.sentences] == ["# one. two", "run"]


def test_marks_alone_are_one_sentence() -> None:
    found = one_block("* * *", Kind.BOILERPLATE, Edit(0, 5))
    assert found.sentences == (Span(0, 5),)


def test_what_a_sentence_is_read_after_is_known() -> None:
    text = text_of("Who came?\nNils.")
    blocks = [Block(Span(0, 9), Kind.DIALOGUE), Block(Span(10, 15), Kind.DIALOGUE, lead=Span(0, 9))]
    (found,) = split(text, blocks, "", PassageSettings(), WIDE)
    assert found.leads == ("", "Who came?")
    assert found.said_in(found.sentences[1]) == "Who came? Nils."
    (alone,) = split(text, blocks[1:], "", PassageSettings(), WIDE)
    assert alone.context == "Who came?"


def test_labels_that_do_not_fit_the_model_are_left_out() -> None:
    text = text_of("Aas")
    block = Block(Span(0, 3), Kind.ROW, 0, (Edit(3, 3, " (Harbour master of the port)"),))
    (found,) = split(text, [block], "", PassageSettings(), WordLimit(4))
    assert found.edits == ()


def test_a_passage_too_long_for_the_model_is_cut_between_sentences_first() -> None:
    text = text_of("Abcd abcd abcd. Bcde bcde bcde. Cdef cdef cdef. Defg defg defg.")
    # Two special tokens, and two for each sentence's last word with its full stop.
    found = split_text(text, PassageSettings(), WordLimit(10))
    assert [passage.text for passage in found] == [
        "Abcd abcd abcd. Bcde bcde bcde.",
        "Cdef cdef cdef. Defg defg defg.",
    ]


def test_a_sentence_too_long_for_the_model_is_cut_at_a_word() -> None:
    found = split_text(text_of("aa bb cc dd ee ff gg hh"), PassageSettings(), WordLimit(4 + 2))
    assert [passage.text for passage in found] == ["aa bb cc dd", "ee ff gg hh"]


def test_the_title_counts_towards_the_models_limit() -> None:
    found = split_text(text_of("aa bb cc dd"), PassageSettings(), WordLimit(6), "tt uu")
    assert [passage.text for passage in found] == ["aa bb", "cc dd"]


def test_the_model_counts_the_text_that_is_embedded() -> None:
    counted: list[str] = []

    class RecordingLimit(WordLimit):
        def count(self, texts: Sequence[str]) -> list[int]:
            counted.extend(texts)
            return WordLimit.count(self, texts)

    split_text(text_of("One stood."), PassageSettings(), RecordingLimit(), "The title")
    assert counted[-1] == "The title\nOne stood."


@pytest.mark.parametrize("text", ["", "\n\n", "   \r\n"])
def test_white_space_makes_no_passage(text: str) -> None:
    assert split_text(text_of(text), PassageSettings()) == []


@given(nasty_bytes, settings)
def test_without_a_model_limit_only_the_budget_cuts(data: bytes, settings: PassageSettings) -> None:
    text = decode(data)
    if isinstance(text, NotText):
        return
    assert split_text(text, settings, NoLimit()) == split_text(text, settings, WordLimit(10**9))
    assert NoLimit().count(["a" * 10_000, ""]) == [0, 0]
