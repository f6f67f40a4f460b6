"""The report fetches nothing, and nothing from an article can run in it."""

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import msgspec
import pytest

from eval.metrics.risk_control import propose
from eval.outcomes import Cause, Outcome
from eval.report.html import report, write_report
from eval.report.plots import Plot, draw_plots
from eval.runs.compare import compare
from eval.runs.export import ExportedRun
from eval.runs.results import Results, results_of
from eval.sets.highlight import Mark, MarkedText
from eval.sets.question_set import Gold
from tests.eval.outcomes import WRONG, judged, outcome, unanswerable
from tests.eval.runs.test_run_store import SETTINGS

pytestmark = pytest.mark.slow

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>\" onload='x' \u202egnp.exe"
)
ASKED = (
    outcome("a"),
    outcome(
        "b", answers=(judged("Kyiv", 0.3, **WRONG),), cause=Cause.WRONG_SPAN, f1=0.0, exact=0.0
    ),
    unanswerable("c"),
)


def exported(outcomes: Sequence[Outcome] = ASKED, **changes: Any) -> ExportedRun:  # noqa: ANN401
    fields: dict[str, Any] = {
        "run": "20260102-030405",
        "started": "2026-01-02T03:04:05+00:00",
        "settings": SETTINGS,
        "results": results_of(outcomes, 812.0),
        "comparisons": (),
        "outcomes": tuple(outcomes),
        "proposal": propose(outcomes),
    }
    return ExportedRun(**(fields | changes))


def shown(text: str) -> str:
    return text.replace("\u202e", "⟨202E⟩")


_PLOTS: dict[bytes, list[Plot]] = {}
"""Plots that were drawn before, by the results."""


def draw_once(results: Results) -> list[Plot]:
    key = msgspec.json.encode(results)
    if key not in _PLOTS:
        _PLOTS[key] = draw_plots(results)
    return _PLOTS[key]


@pytest.fixture(autouse=True)
def quick_plots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw the plots of equal results once: each time takes most of a second."""
    monkeypatch.setattr("eval.report.html.draw_plots", draw_once)


class Page(HTMLParser):
    """The elements of a page with their attributes, and their texts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.contents: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open:
            self.contents.setdefault(self.open[-1], []).append(data)

    @property
    def rows(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(self.contents["script"][0])
        return rows

    @property
    def policy(self) -> str:
        (policy,) = [
            attributes["content"]
            for tag, attributes in self.elements
            if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
        ]
        assert policy
        return policy


def test_a_report_refers_to_nothing_outside_itself() -> None:
    html = report(exported(), shown)
    page = Page(html)
    fetching = {"link", "img", "iframe", "object", "embed", "base", "audio", "video", "source"}
    assert not fetching & {tag for tag, _ in page.elements}
    assert not [one for one in page.elements if {"src", "href", "srcset", "action"} & set(one[1])]
    assert "http:" not in html
    assert "https:" not in html
    style = "".join(page.contents["style"])
    assert not re.search(r"url\(|@import", style)


def test_only_its_own_style_and_script_may_run() -> None:
    page = Page(report(exported(), shown))
    assert page.policy.startswith("default-src 'none'; ")
    assert "unsafe" not in page.policy
    _, script = page.contents["script"]
    for text in (script, "".join(page.contents["style"])):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in page.policy
    assert not [
        name for _, one in page.elements for name in one if name.startswith(("on", "style"))
    ]


def test_hostile_text_stays_text() -> None:
    gold = (Gold(HOSTILE, 3, [HOSTILE]),)
    hostile = outcome(
        HOSTILE,
        question=HOSTILE,
        searched_question=HOSTILE,
        history=(HOSTILE,),
        tags=(HOSTILE,),
        gold=gold,
        gold_quotes=(MarkedText(HOSTILE, (Mark(2, 9),)),),
        answers=(judged(HOSTILE, quote=HOSTILE, path=HOSTILE, start=0),),
    )
    settings = msgspec.structs.replace(SETTINGS, set_name=HOSTILE, index=HOSTILE, within=(HOSTILE,))
    missed = outcome(HOSTILE, gold=gold, answered=False, f1=0.0, exact=0.0)
    results = results_of([hostile])
    comparison = compare(HOSTILE, ([missed], results), ([hostile], results))
    html = report(exported([hostile], settings=settings, comparisons=(comparison,)), shown)
    harmless = Page(report(exported([outcome("a")], comparisons=(comparison,)), shown))
    page = Page(html)
    assert len(page.contents["script"]) == 2
    assert "img" not in {tag for tag, _ in page.elements}
    assert not [name for _, one in page.elements for name in one if name.startswith("on")]
    assert len(page.policy) == len(harmless.policy)
    assert "\u202e" not in html
    (row,) = page.rows
    assert row["question"] == shown(HOSTILE)
    assert row["answers"][0]["quote"] == [[shown(HOSTILE), True]]
    assert row["gold"][0]["quote"] == [
        ["</", False],
        ["script>", True],
        [shown(HOSTILE)[9:], False],
    ]


def test_a_row_has_gold_and_answers_with_marked_words() -> None:
    quote = MarkedText("It was Prague then.", (Mark(7, 13),))
    quoted = outcome("a", gold_quotes=(quote,), answers=(judged("Kyiv", start=7),))
    (row,) = Page(report(exported([quoted]), shown)).rows
    assert row["gold"] == [
        {
            "location": "radar.txt:3",
            "answers": ["Prague"],
            "quote": [["It was ", False], ["Prague", True], [" then.", False]],
        }
    ]
    assert row["answers"][0]["quote"] == [["It was ", False], ["Kyiv", True], [".", False]]


def test_a_run_without_quotes_has_a_report() -> None:
    (row,) = Page(report(exported([outcome("a")]), shown)).rows
    assert row["gold"][0]["quote"] == []


def test_every_text_of_a_row_is_sanitised() -> None:
    seen: list[str] = []

    def show(text: str) -> str:
        seen.append(text)
        return "⟨shown⟩"

    page = Page(report(exported([outcome("the id", tags=("the tag",))]), show))
    assert {"the id", "the tag", "Prague", "It was ", "radar.txt:3"} <= set(seen)
    (row,) = page.rows
    assert row["id"] == row["reply"] == "⟨shown⟩"


def test_lone_surrogates_and_line_separators_are_harmless(tmp_path: Path) -> None:
    odd = outcome("a", question="x\ud800\u2028y")
    file = tmp_path / "r.html"
    write_report(file, exported([odd]), lambda text: text.replace("\ud800", "�"))
    (row,) = Page(file.read_text(encoding="utf-8")).rows
    assert row["question"] == "x�\u2028y"


def test_a_report_shows_figures_plots_causes_and_settings() -> None:
    page = Page(report(exported(), shown))
    text = " ".join(" ".join(one.split()) for part in page.contents.values() for one in part)
    for expected in (
        "Exact match (SQuAD)",
        "66.7%",
        "wrong span",
        "Reliability",
        "812 ms",
        "2 January 2026, 03:04 UTC",
    ):
        assert expected in text
    assert sum(tag == "svg" for tag, _ in page.elements) == 4
    assert [row["cause"] for row in page.rows] == ["", "wrong span", ""]
    assert page.rows[0]["ranks"][0] == {"ranking": "keywords", "rank": 1}


def test_a_report_has_the_figures_of_each_tag(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eval.report.html.draw_plots", lambda _: ())
    tagged = [outcome("a", tags=("span",)), outcome("b", tags=("span",), answered=False)]
    page = Page(report(exported([*tagged, unanswerable("c", tags=("none",))]), shown))
    cells = [text.strip() for text in page.contents["td"]]
    # Two questions, none of them unanswerable; one of two right.
    start = next(i for i in range(len(cells)) if cells[i : i + 3] == ["2", "0", "50.0%"])
    assert cells[start + 3 : start + 6] == ["100.0%", "50.0%", "100.0%"]
    assert {"Tag", "none", "span", "refused"} <= set(page.contents["th"])
    assert "Tag" not in Page(report(exported(), shown)).contents["th"]


def test_without_rankings_there_is_no_recall_plot() -> None:
    page = Page(report(exported([unanswerable("a")]), shown))
    assert "keywords" not in page.contents["text"]
    assert "Ranking" not in "".join(page.contents["th"])


def drawn(title: str, outcomes: Sequence[Outcome] = ASKED) -> Page:
    (plot,) = [plot for plot in draw_once(results_of(outcomes)) if plot.title == title]
    return Page(plot.svg)


def paths(page: Page, **attributes: str) -> list[list[tuple[float, float]]]:
    """Return the points of the paths that have these attributes."""
    return [
        [(float(x), float(y)) for x, y in re.findall(r"[ML] ([\d.]+) ([\d.]+)", found["d"] or "")]
        for tag, found in page.elements
        if tag == "path" and attributes.items() <= found.items()
    ]


def position(page: Page, label: str) -> tuple[float, float]:
    """Return the position of a text."""
    texts = [found for tag, found in page.elements if tag == "text"]
    found = texts[page.contents["text"].index(label)]
    return float(found["x"] or ""), float(found["y"] or "")


@pytest.mark.parametrize("count", [1, 2])
def test_recall_is_drawn_by_cutoff_and_share(count: int) -> None:
    page = drawn("Recall", [outcome(str(number)) for number in range(count)])
    assert {"keywords", "vectors", "fused"} <= set(page.contents["text"])
    line, *points = paths(page, stroke="var(--one)")
    # Everything is found at rank 1: all points are at 100%.
    assert {y for _, y in line} == {line[0][1]}
    assert line[0][1] == pytest.approx(position(page, "100%")[1], abs=8)
    assert [x for x, _ in line] == pytest.approx(
        [position(page, label)[0] for label in ("1", "5", "10", "50")]
    )
    assert [point[0] for point in points[:4]] == line
    assert any("keywords, recall@5: 100.0%" in text for text in page.contents["title"])


def test_the_slowest_stage_has_the_longest_bar() -> None:
    page = drawn("Time")
    bars = paths(page, fill="var(--one)")
    lengths = [max(x for x, _ in bar) - min(x for x, _ in bar) for bar in bars]
    slow, medians = lengths[:9], lengths[9:]
    assert slow == medians
    assert slow[8] == max(slow)
    assert slow[5] == pytest.approx(slow[8] * 10 / 12, rel=1e-3)
    assert slow[7] == 0
    assert "10.0 ms · 10.0 ms" in page.contents["text"]


def test_reliability_is_drawn_against_the_diagonal() -> None:
    page = drawn("Reliability", [outcome("a", answers=(judged(confidence=0.25),))])
    (((x, y), _),) = paths(page, **{"stroke-linecap": "round"})
    # A quarter of the way from 0% to 100% confidence, and always right.
    zero, half = position(page, "0%")[0], position(page, "50%")[0]
    left = min(x for x, _ in paths(page, stroke="var(--quiet)")[0])
    assert half - x == pytest.approx(x - left, abs=0.01)
    assert zero <= left
    assert y == pytest.approx(min(y for _, y in paths(page, stroke="var(--quiet)")[0]))
    assert any("mean 0.25, right 1.00" in text for text in page.contents["title"])


def test_a_plot_has_no_style_link_or_address() -> None:
    for plot in draw_once(results_of(ASKED)):
        attributes = {name for _, found in Page(plot.svg).elements for name in found}
        assert not attributes & {"style", "href", "xlink:href", "id", "xmlns"}
        assert "http" not in plot.svg
