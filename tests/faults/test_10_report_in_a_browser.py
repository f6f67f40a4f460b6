"""The report of a run full of hostile texts, opened in a browser: none of them runs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
import msgspec
import pytest
from playwright.sync_api import BrowserContext, Dialog, Page

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
PLANTED = 60
"""Payloads in reports that do not escape them."""
REFUSED = """
    globalThis.refused = [];
    document.addEventListener("securitypolicyviolation",
        event => refused.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
"""Records what the page's policy blocks."""
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
"""Elements that Byline's template does not have."""


@dataclass
class PageLog:
    """What a page did."""

    dialogs: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    opened: int = 0
    """Questions whose answers were unfolded."""

    def faults(self) -> int:
        lists = (self.dialogs, self.requests, self.errors, self.refused, self.foreign)
        return sum(map(len, lists))

    def __str__(self) -> str:
        return (
            f"{self.opened:,} questions unfolded: {len(self.dialogs)} dialogs, "
            f"{len(self.requests)} requests, {len(self.refused)} refused by the policy, "
            f"{len(self.foreign)} foreign elements, {len(self.errors)} errors"
        )


def hostile(texts: Sequence[str]) -> str:
    """Return a report with hostile texts in every place that takes a text."""

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
def logged(page: Page, log: PageLog) -> Iterator[None]:
    """Log what a page does."""

    def dismiss(dialog: Dialog) -> None:
        log.dialogs.append(dialog.message)
        dialog.dismiss()

    page.add_init_script(REFUSED)
    page.on("dialog", dismiss)
    page.on("request", lambda request: log.requests.append(request.url))
    page.on("pageerror", lambda error: log.errors.append(str(error)))
    yield
    page.wait_for_timeout(200)
    log.refused += page.evaluate("refused")
    log.foreign += page.evaluate(FOREIGN)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    with chromium(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def opened(html: str, browser: BrowserContext, folder: Path) -> PageLog:
    """Open a report and unfold everything."""
    file = folder / "report.html"
    file.write_text(html, encoding="utf-8")
    log = PageLog()
    page = browser.new_page()
    with logged(page, log):
        page.goto(file.as_uri())
        log.opened = page.evaluate(OPEN_EVERYTHING)
    page.close()
    log.requests.remove(file.as_uri())
    return log


def test_nothing_in_a_report_runs_in_a_browser(
    browser: BrowserContext, tmp_path: Path, battery: Battery, figure: Figure
) -> None:
    texts = payloads(battery.pick(120, 5_000), battery.chance("browser"))
    log = opened(hostile(texts), browser, tmp_path)
    figure(f"report of {len(texts):,} payloads in Chromium, {log}")
    assert log.opened == len(texts)
    assert log.faults() == 0, log


@pytest.fixture
def unescaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch off escaping in the template."""
    careful = jinja2.Environment
    monkeypatch.setattr(
        jinja2, "Environment", lambda **named: careful(**(named | {"autoescape": False}))
    )


@pytest.mark.usefixtures("unescaped")
def test_a_report_without_escaping_is_caught_although_its_policy_blocks(
    browser: BrowserContext, tmp_path: Path, battery: Battery, figure: Figure
) -> None:
    log = opened(hostile(payloads(PLANTED, battery.chance("browser"))), browser, tmp_path)
    figure(f"planted, nothing escaped: {log}")
    assert log.foreign
    assert log.refused
    assert log.dialogs == []


@pytest.mark.usefixtures("unescaped")
def test_unescaped_texts_run_without_the_policy(
    browser: BrowserContext,
    tmp_path: Path,
    battery: Battery,
    figure: Figure,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("eval.report.html._policy", lambda *_: "")
    log = opened(hostile(payloads(PLANTED, battery.chance("browser"))), browser, tmp_path)
    figure(f"planted, nothing escaped and no policy: {log}")
    assert log.dialogs
    assert log.requests
