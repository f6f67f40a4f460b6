import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.windows import Ints, windows
from tests.qa.reader.tiny import IDS, WORDS, prepared, word_piece

QUESTION = "who signed treaty"
EVERY_WORD = [word for word in WORDS if word.isalpha()]


def words(ids: Ints) -> list[str]:
    return [WORDS[number] for number in ids]


def test_a_window_has_the_question_and_then_the_passage() -> None:
    (window,) = windows(prepared(16), QUESTION, ["The treaty."], 16)
    assert words(window.ids) == [
        *("[CLS]", "who", "signed", "treaty", "[SEP]"),
        *("the", "treaty", ".", "[SEP]"),
    ]
    assert window.first == 5
    # Type 0 up to the [SEP] after the question, then type 1.
    assert window.types.tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert window.offsets.tolist() == [[0, 3], [4, 10], [10, 11]]


def test_offsets_are_code_points_of_the_passage() -> None:
    passage = "😀 Thé\r\n  TREATYS,  signing\u3000東 in"
    (window,) = windows(prepared(32), QUESTION, [passage], 32)
    assert words(window.ids[window.first : -1]) == [
        *("[UNK]", "the", "treaty", "##s", ",", "[UNK]", "[UNK]", "in")
    ]
    cut = [passage[start:end] for start, end in window.offsets]
    # "signing" cannot be made of pieces: the vocabulary has "signed", but not "sign".
    assert cut == ["😀", "Thé", "TREATY", "S", ",", "signing", "東", "in"]


def test_the_windows_of_all_passages_are_in_order() -> None:
    found = windows(prepared(16), QUESTION, ["the treaty", "of prague " * 10, "north"], 16)
    # 16 tokens minus 3 of the question and 3 special ones are 10; 20 overlap by 4: 0 to 10, 6 to
    # 16, 12 to 20.
    assert [window.passage for window in found] == [0, 1, 1, 1, 2]
    assert [len(window.offsets) for window in found] == [2, 10, 10, 8, 1]


def test_a_long_passage_is_covered_by_overlapping_windows() -> None:
    passage = "the treaty in prague " * 8
    found = windows(prepared(16), QUESTION, [passage], 16)
    alone = word_piece().encode(passage, add_special_tokens=False).offsets
    starts = [alone.index(tuple(window.offsets[0].tolist())) for window in found]
    # 10 tokens per window, 4 of them from the previous one: each starts 6 later.
    assert starts == [0, 6, 12, 18, 24]
    assert [len(window.ids) for window in found] == [16, 16, 16, 16, 14]
    for start, window in zip(starts, found, strict=True):
        assert [tuple(pair) for pair in window.offsets] == alone[start : start + 10]


@given(
    st.lists(st.sampled_from(EVERY_WORD), max_size=70),
    st.integers(min_value=0, max_value=12),
    st.integers(min_value=16, max_value=40),
)
def test_no_token_is_missing_and_no_window_is_too_long(
    passage: list[str], words_asked: int, limit: int
) -> None:
    text = " ".join(passage)
    found = windows(prepared(limit), "who " * words_asked, [text], limit)
    assert all(len(window.ids) == len(window.types) <= limit for window in found)
    seen = {(int(start), int(end)) for window in found for start, end in window.offsets}
    assert seen == set(word_piece().encode(text, add_special_tokens=False).offsets)


@pytest.mark.parametrize(("length", "kept"), [(3, 3), (4, 4), (5, 4), (10, 4), (16, 4)])
def test_a_question_longer_than_a_quarter_of_the_window_is_cut(length: int, kept: int) -> None:
    question = " ".join(EVERY_WORD * 2).split()[:length]
    (window,) = windows(prepared(16), " ".join(question), ["north"], 16)
    assert words(window.ids) == ["[CLS]", *question[:kept], "[SEP]", "north", "[SEP]"]
    assert window.first == kept + 2


@pytest.mark.parametrize("length", [17, 400])
def test_a_question_longer_than_a_window_is_cut_too(length: int) -> None:
    (window,) = windows(prepared(16), "who " * length, ["north"], 16)
    assert words(window.ids) == ["[CLS]", "who", "who", "who", "who", "[SEP]", "north", "[SEP]"]


@pytest.mark.parametrize("empty", ["", " ", "\r\n\t"])
def test_an_empty_passage_has_no_window(empty: str) -> None:
    found = windows(prepared(16), QUESTION, [empty, "north", empty], 16)
    assert [window.passage for window in found] == [1]


def test_without_passages_there_are_no_windows() -> None:
    assert windows(prepared(16), QUESTION, [], 16) == []


def test_a_question_without_tokens_still_has_windows() -> None:
    (window,) = windows(prepared(16), " ", ["north"], 16)
    assert window.ids.tolist() == [IDS["[CLS]"], IDS["[SEP]"], IDS["north"], IDS["[SEP]"]]


def test_a_context_is_read_above_a_passage_and_no_offset_is_in_it() -> None:
    bare, titled = (
        windows(prepared(32), QUESTION, ["the treaty"], 32, [context])[0]
        for context in ("", "the treaty of prague")
    )
    assert titled.offsets.tolist() == bare.offsets.tolist()
    assert len(titled.ids) > len(bare.ids)
    assert titled.first > bare.first
    assert titled.ids[titled.first :].tolist() == bare.ids[bare.first :].tolist()
