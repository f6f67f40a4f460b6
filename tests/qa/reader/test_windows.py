import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.reader.windows import Ints, windows
from tests.qa.reader.tiny import IDS, WORDS, prepared, word_piece

ASKED = "who signed treaty"
EVERY_WORD = [word for word in WORDS if word.isalpha()]


def words(ids: Ints) -> list[str]:
    return [WORDS[number] for number in ids]


def test_a_window_holds_the_question_then_the_passage() -> None:
    (window,) = windows(prepared(16), ASKED, ["The treaty."], 16)
    assert words(window.ids) == [
        *("[CLS]", "who", "signed", "treaty", "[SEP]"),
        *("the", "treaty", ".", "[SEP]"),
    ]
    assert window.first == 5
    # The question's tokens and those around it are of type 0, the passage's and its end of type 1.
    assert window.types.tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1]
    assert window.offsets.tolist() == [[0, 3], [4, 10], [10, 11]]


def test_offsets_are_code_points_of_the_passage() -> None:
    passage = "😀 Thé\r\n  TREATYS,  signing\u3000東 in"
    (window,) = windows(prepared(32), ASKED, [passage], 32)
    assert words(window.ids[window.first : -1]) == [
        *("[UNK]", "the", "treaty", "##s", ",", "[UNK]", "[UNK]", "in"),
    ]
    cut = [passage[start:end] for start, end in window.offsets]
    # "signing" has no pieces in this vocabulary: "signed" is one, and nothing of it is shorter.
    assert cut == ["😀", "Thé", "TREATY", "S", ",", "signing", "東", "in"]


def test_every_passage_has_its_windows_in_order() -> None:
    found = windows(prepared(16), ASKED, ["the treaty", "of prague " * 10, "north"], 16)
    # 16 tokens less 3 of the question and 3 special ones are 10; 20 are there, 4 of them twice:
    # 0 to 10, 6 to 16, 12 to 20.
    assert [window.passage for window in found] == [0, 1, 1, 1, 2]
    assert [len(window.offsets) for window in found] == [2, 10, 10, 8, 1]


def test_a_long_passage_is_seen_whole_through_windows_that_overlap() -> None:
    passage = "the treaty in prague " * 8
    found = windows(prepared(16), ASKED, [passage], 16)
    alone = word_piece().encode(passage, add_special_tokens=False).offsets
    starts = [alone.index((int(one.offsets[0, 0]), int(one.offsets[0, 1]))) for one in found]
    # 10 tokens a window, 4 of them the last one's: 6 farther each.
    assert starts == [0, 6, 12, 18, 24]
    assert [len(window.ids) for window in found] == [16, 16, 16, 16, 14]
    for start, window in zip(starts, found, strict=True):
        assert [tuple(pair) for pair in window.offsets] == alone[start : start + 10]


@given(
    st.lists(st.sampled_from(EVERY_WORD), max_size=70),
    st.integers(min_value=0, max_value=12),
    st.integers(min_value=16, max_value=40),
)
def test_no_token_is_left_out_and_no_window_is_too_long(
    passage: list[str], asked: int, most: int
) -> None:
    text = " ".join(passage)
    found = windows(prepared(most), "who " * asked, [text], most)
    assert all(len(window.ids) == len(window.types) <= most for window in found)
    seen = {(int(start), int(end)) for window in found for start, end in window.offsets}
    assert seen == set(word_piece().encode(text, add_special_tokens=False).offsets)


@pytest.mark.parametrize(("asked", "kept"), [(3, 3), (4, 4), (5, 4), (10, 4), (16, 4)])
def test_a_question_over_a_quarter_of_the_window_loses_its_end(asked: int, kept: int) -> None:
    question = " ".join(EVERY_WORD * 2).split()[:asked]
    (window,) = windows(prepared(16), " ".join(question), ["north"], 16)
    assert words(window.ids) == ["[CLS]", *question[:kept], "[SEP]", "north", "[SEP]"]
    assert window.first == kept + 2


@pytest.mark.parametrize("asked", [17, 400])
def test_a_question_longer_than_a_window_is_shortened_too(asked: int) -> None:
    (window,) = windows(prepared(16), "who " * asked, ["north"], 16)
    assert words(window.ids) == ["[CLS]", "who", "who", "who", "who", "[SEP]", "north", "[SEP]"]


@pytest.mark.parametrize("empty", ["", " ", "\r\n\t"])
def test_an_empty_passage_has_no_window(empty: str) -> None:
    found = windows(prepared(16), ASKED, [empty, "north", empty], 16)
    assert [window.passage for window in found] == [1]


def test_of_no_passages_there_are_no_windows() -> None:
    assert windows(prepared(16), ASKED, [], 16) == []


def test_a_question_without_a_token_is_asked_all_the_same() -> None:
    (window,) = windows(prepared(16), " ", ["north"], 16)
    assert window.ids.tolist() == [IDS["[CLS]"], IDS["[SEP]"], IDS["north"], IDS["[SEP]"]]
