"""The report of a run full of hostile texts, opened in a browser: nothing of them runs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
import msgspec
import pytest
from playwright.sync_api import Dialog, Page

from eval.outcomes import Cause, Outcome
from eval.report.html import report
from eval.runs.compare import SettingChange, compare
from eval.runs.results import results_of
from eval.sets.question_set import Gold
from tests.eval.outcomes import WRONG, judged, outcome
from tests.eval.report.test_html import exported
from tests.eval.runs.test_run_store import SETTINGS
from tests.faults.conftest import Battery, Figure
from tests.faults.payloads import payloads
from tests.tui.web.test_browser import CHROMIUM, chromium
from tui.output.sanitise import visible

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH")
REFUSED = """
    globalThis.refused = [];
    document.addEventListener("securitypolicyviolation",
        event => refused.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
"""Notes what the page's policy keeps from running or loading."""
OPEN_EVERYTHING = """
    () => {
        for (const one of document.querySelectorAll("details")) one.open = true;
        const next = document.getElementById("next");
        const drawn = [];
        for (;;) {
            for (const one of document.querySelectorAll(".opens")) one.click();
            drawn.push(...document.querySelectorAll(".opens"));
            if (next.disabled) return drawn.length;
            next.click();
        }
    }
"""
FOREIGN = """
    () => [...document.querySelectorAll("*")]
        .filter(one => one.matches("img, iframe, object, embed, link, base, a")
            || [...one.attributes].some(attribute => attribute.name.startsWith("on")))
        .map(one => one.outerHTML.slice(0, 80))
        .concat(document.scripts.length === 2 ? [] : [`${document.scripts.length} scripts`])
"""
"""Elements that Byline's template has none of."""


@dataclass
class Seen:
    """What a page did."""

    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    opened: int = 0
    """Questions whose answers were unfolded."""

    def faults(self) -> int:
        told = (self.dialogs, self.requests, self.errors, self.refused, self.foreign)
        return sum(map(len, told))

    def __str__(self) -> str:
        return (
            f"{self.opened:,} questions unfolded: {len(self.dialogs)} dialogs, "
            f"{len(self.requests)} requests, {len(self.refused)} refused by the policy, "
            f"{len(self.foreign)} foreign elements, {len(self.errors)} errors"
        )


def hostile(texts: Sequence[str]) -> str:
    """Give a report that has a hostile text in every place that takes one."""

    def asked(text: str, right: bool) -> Outcome:
        reply = judged(text, quote=text, path=text, **({} if right else WRONG))
        return outcome(
            text, question=text, searched_question=f"as {text}", history=(text,), tags=(text,),
            answers=(reply,), gold=(Gold(text, 3, [text]),), f1=float(right), exact=float(right),
            cause=Cause.NONE if right else Cause.WRONG_SPAN,
        )  # fmt: skip

    before = [asked(text, right=False) for text in texts]
    after = [asked(text, right=True) for text in texts]
    settings = msgspec.structs.replace(
        SETTINGS, set_name=texts[0], index=texts[1], generation=texts[2], reader=texts[3],
        reader_fingerprint=texts[4], within=(texts[5],), without=(texts[6],), versions=(texts[7],),
    )  # fmt: skip
    changed = (SettingChange("reader", texts[8], texts[9]),)
    results = (before, results_of(before)), (after, results_of(after))
    comparison = compare(texts[0], *results, changed)
    run = exported(after, run=texts[0], settings=settings, comparisons=(comparison,))
    return report(run, visible)


@contextmanager
def watched(page: Page, seen: Seen) -> Iterator[None]:
    """Note what a page does."""

    def dialog(one: Dialog) -> None:
        seen.dialogs.append(one.message)
        one.dismiss()

    page.add_init_script(REFUSED)
    page.on("dialog", dialog)
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("pageerror", lambda error: seen.errors.append(str(error)))
    yield
    page.wait_for_timeout(200)
    seen.refused += page.evaluate("refused")
    seen.foreign += page.evaluate(FOREIGN)


def opened(html: str, home: Path) -> Seen:
    """Open a report, and unfold all that it has."""
    file = home / "report.html"
    file.write_text(html, encoding="utf-8")
    seen = Seen()
    with chromium(home) as browser:
        (page,) = browser.pages
        with watched(page, seen):
            page.goto(file.as_uri())
            seen.opened = page.evaluate(OPEN_EVERYTHING)
    seen.requests.remove(file.as_uri())
    return seen


def test_nothing_in_a_report_runs_in_a_browser(
    tmp_path: Path, battery: Battery, figure: Figure
) -> None:
    texts = payloads(battery.pick(120, 5_000), battery.chance("browser"))
    seen = opened(hostile(texts), tmp_path)
    figure(f"report of {len(texts):,} payloads in Chromium, {seen}")
    assert seen.opened == len(texts)
    assert seen.faults() == 0, seen


@pytest.fixture
def unescaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the template put texts in as they are."""
    careful = jinja2.Environment
    monkeypatch.setattr(
        jinja2, "Environment", lambda **named: careful(**(named | {"autoescape": False}))
    )


@pytest.mark.usefixtures("unescaped")
def test_a_report_that_escapes_nothing_is_found_out_behind_its_policy(
    tmp_path: Path, battery: Battery, figure: Figure
) -> None:
    seen = opened(hostile(payloads(200, battery.chance("browser"))), tmp_path)
    figure(f"planted, nothing escaped: {seen}")
    assert seen.foreign
    assert seen.refused
    assert seen.dialogs == []


@pytest.mark.usefixtures("unescaped")
def test_without_its_policy_what_is_not_escaped_runs(
    tmp_path: Path, battery: Battery, figure: Figure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.report.html._policy", lambda *_: "")
    seen = opened(hostile(payloads(200, battery.chance("browser"))), tmp_path)
    figure(f"planted, nothing escaped and no policy: {seen}")
    assert seen.dialogs
    assert seen.requests
