"""The report as a browser would take it: nothing fetched, nothing of an article running."""

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

from eval.outcomes import Cause, Outcome
from eval.report.html import report, write_report
from eval.report.plots import latency_bars, recall_plot
from eval.runs.compare import compare
from eval.runs.export import Exported
from eval.runs.results import results_of
from eval.sets.highlight import Mark, Marked
from eval.sets.question_set import Gold
from tests.eval.outcomes import WRONG, given, outcome, unanswerable
from tests.eval.runs.test_run_store import SETTINGS

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>\" onload='x' \u202egnp.exe"
)
ASKED = (
    outcome("a"),
    outcome("b", given=(given("Kyiv", 0.3, **WRONG),), cause=Cause.WRONG_SPAN, f1=0.0, exact=0.0),
    unanswerable("c"),
)


def exported(outcomes: Sequence[Outcome] = ASKED, **told: Any) -> Exported:  # noqa: ANN401
    known: dict[str, Any] = {
        "run": "20260102-030405",
        "started": "2026-01-02T03:04:05+00:00",
        "settings": SETTINGS,
        "results": results_of(outcomes, (812.0,)),
        "comparisons": (),
        "outcomes": tuple(outcomes),
    }
    return Exported(**(known | told))


def shown(text: str) -> str:
    return text.replace("\u202e", "⟨202E⟩")


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text of its scripts."""

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
        asked=HOSTILE,
        history=(HOSTILE,),
        tags=(HOSTILE,),
        gold=gold,
        gold_quotes=(Marked(HOSTILE, (Mark(2, 9),)),),
        given=(given(HOSTILE, quote=HOSTILE, path=HOSTILE, start=0),),
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
    assert row["given"][0]["quote"] == [[shown(HOSTILE), True]]
    assert row["gold"][0]["quote"] == [
        ["</", False],
        ["script>", True],
        [shown(HOSTILE)[9:], False],
    ]


def test_gold_and_given_stand_side_by_side_with_their_words_marked() -> None:
    quote = Marked("It was Prague then.", (Mark(7, 13),))
    told = outcome("a", gold_quotes=(quote,), given=(given("Kyiv", start=7),))
    (row,) = Page(report(exported([told]), shown)).rows
    assert row["gold"] == [
        {
            "place": "radar.txt:3",
            "answers": ["Prague"],
            "quote": [["It was ", False], ["Prague", True], [" then.", False]],
        }
    ]
    assert row["given"][0]["quote"] == [["It was ", False], ["Kyiv", True], [".", False]]


def test_a_run_that_kept_no_quotes_is_reported_without() -> None:
    (row,) = Page(report(exported([outcome("a")]), shown)).rows
    assert row["gold"][0]["quote"] == []


def test_every_text_of_a_row_is_made_visible() -> None:
    seen: list[str] = []

    def noted(text: str) -> str:
        seen.append(text)
        return "⟨shown⟩"

    page = Page(report(exported([outcome("the id", tags=("the tag",))]), noted))
    assert {"the id", "the tag", "Prague", "It was ", "radar.txt:3"} <= set(seen)
    (row,) = page.rows
    assert row["id"] == row["reply"] == "⟨shown⟩"


def test_lone_surrogates_and_separators_do_no_harm(tmp_path: Path) -> None:
    odd = outcome("a", question="x\ud800\u2028y")
    file = tmp_path / "r.html"
    write_report(file, exported([odd]), lambda text: text.replace("\ud800", "�"))
    (row,) = Page(file.read_text(encoding="utf-8")).rows
    assert row["question"] == "x�\u2028y"


def test_a_report_shows_figures_plots_causes_and_settings() -> None:
    page = Page(report(exported(), shown))
    text = " ".join(" ".join(one.split()) for part in page.contents.values() for one in part)
    for told in (
        "Exact match, as SQuAD scores it",
        "66.7%",
        "wrong span",
        "Reliability",
        "812 ms",
        "2 January 2026, 03:04 UTC",
    ):
        assert told in text
    assert sum(tag == "svg" for tag, _ in page.elements) == 4
    assert [row["cause"] for row in page.rows] == ["", "wrong span", ""]
    assert page.rows[0]["ranks"][0] == {"ranking": "keywords", "rank": 1}


def test_a_report_of_nothing_to_rank_has_no_empty_plots() -> None:
    page = Page(report(exported([unanswerable("a")]), shown))
    assert "keywords" not in "".join(page.contents["svg"])
    assert "Passages by" not in "".join(page.contents["th"])


@pytest.mark.parametrize("count", [1, 2])
def test_a_dot_stands_where_its_figure_says(count: int) -> None:
    figures = results_of([outcome(str(i)) for i in range(count)]).figures
    (plot,) = recall_plot(figures)
    assert [one.name for one in plot.series] == ["keywords", "vectors", "fused"]
    first, *_, last = plot.series[0].dots
    # Everything is found at once: at the top, from the left end to the right.
    assert (first.y, last.y) == (plot.y_ticks[-1].at, plot.y_ticks[-1].at)
    assert (first.x, last.x) == (plot.x_ticks[0].at, plot.x_ticks[-1].at)


def test_the_slowest_stage_has_the_longest_bar() -> None:
    bars = {one.label: one for one in latency_bars(results_of(ASKED).figures)}
    assert bars["total"].slow == 100
    assert bars["reading"].slow == pytest.approx(100 * 10 / 12)
    assert bars["citations"].median == 0
