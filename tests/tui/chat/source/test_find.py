import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.text import Text, decode
from tests.index.strategies import nasty_bytes
from tests.tui.chat.source.fakes import Repeated, scanned
from tui.chat.source import find as source_find
from tui.chat.source.find import STEP, Finding, Found, find, find_bytes
from tui.chat.source.paged_text import SourceText, open_text


@pytest.fixture(autouse=True, params=[False, True], ids=["steps as they are", "tiny steps"])
def steps(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param:
        monkeypatch.setattr(source_find, "STEP", 8)


def words_found(text: SourceText, wanted: str) -> list[str]:
    spans = [span for found in find(text, wanted) for span in found.spans]
    return [text.decode(*span) for span in spans]


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("The mill. the MILL, mills", "mill", ["mill", "MILL", "mill"]),
        ("Élan und élan", "ÉLAN", ["Élan", "élan"]),
        ("a.c abc", "a.c", ["a.c"]),
        ("aaaaaaaaaaaaaaaaaaaaa", "aa", ["aa"] * 10),
        ("東京の東京", "東京", ["東京", "東京"]),
        ("one\ntwo", "one two", []),
    ],
)
def test_words_are_found_upper_or_lower_case(text: str, wanted: str, expected: list[str]) -> None:
    assert words_found(scanned(text.encode()), wanted) == expected
    assert words_found(scanned(b"\xff\xfe" + text.encode("utf-16-le")), wanted) == expected


def is_text(data: bytes) -> bool:
    return isinstance(decode(data), Text)


@given(nasty_bytes.filter(is_text), st.sampled_from(["the", "e", "é", "“", "😀", "東京", "\u0301"]))
def test_all_places_are_found_at_their_bytes(data: bytes, wanted: str) -> None:
    expected = decode(data)
    assert isinstance(expected, Text)
    starts = [at for at in range(len(expected.text)) if expected.text.startswith(wanted, at)]
    text = scanned(data)
    places = {start for found in find(text, wanted) for start, _ in found.spans}
    assert places >= {expected.byte(start) for start in starts}
    if text.encoding != "windows-1252" or wanted in "the e é “":
        exact = list(find_bytes(text, text.encode(wanted)))
        assert exact == [expected.byte(start) for start in starts]


def test_the_first_to_go_to_is_the_nearest_below() -> None:
    finding = Finding("mill", origin=50)
    assert not finding.add(Found(((10, 14), (30, 34)), 40), 100)
    assert finding.told(100) == "2 so far, 40% searched"
    assert finding.add(Found(((60, 64),), 80), 100)
    assert finding.current == 2
    assert not finding.add(Found(((90, 94),), 100), 100)
    assert finding.told(100) == "3 of 4"


def test_steps_go_around_the_ends() -> None:
    finding = Finding("mill", origin=0)
    finding.add(Found(((10, 14), (30, 34)), 100), 100)
    assert [finding.step(by) and finding.current for by in (-1, -1, 1, 1)] == [1, 0, 1, 0]


def test_with_nothing_below_the_first_of_all_is_gone_to() -> None:
    finding = Finding("mill", origin=50)
    assert not finding.add(Found(((10, 14),), 40), 100)
    assert finding.add(Found((), 100), 100)
    assert finding.current == 0


def test_nothing_found_is_told() -> None:
    finding = Finding("mill", origin=0)
    assert not finding.add(Found((), 100), 100)
    assert finding.told(100) == "not found"
    assert not finding.step(1)


def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_find, "MOST", 2)
    finding = Finding("e", origin=0)
    finding.add(Found(((1, 2), (3, 4), (5, 6)), 10), 100)
    assert finding.is_complete
    assert finding.told(100) == "1 of 2+"


def test_a_search_of_100_mb_goes_in_small_steps() -> None:
    if source_find.STEP != STEP:
        return
    article = Repeated(b"The mill stood idle on the river for years.\n", 100_000_000 // 44)
    text = open_text(article)
    assert isinstance(text, SourceText)
    article.read_by.clear()
    steps = find(text, "mill")
    assert len(next(steps).spans) == pytest.approx(STEP / 44, abs=1)
    assert article.read_by[threading.current_thread().name] < 2 * STEP
