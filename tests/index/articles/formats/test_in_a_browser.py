"""Quotes of a web page are what a browser shows of it."""

import random
from pathlib import Path

import pytest

from tests.index.articles.formats.quote_truth import flat, quotes, read
from tests.index.articles.formats.real_shapes import make_html
from tests.tui.web.test_browser import CHROMIUM, chromium

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not CHROMIUM, reason="no chromium on PATH")]


def test_a_browser_shows_every_quote(tmp_path: Path) -> None:
    data = make_html(random.Random(3), 2)
    (tmp_path / "page.html").write_bytes(data)
    with chromium(tmp_path) as browser:
        page = browser.new_page()
        page.goto((tmp_path / "page.html").as_uri())
        shown = flat(page.inner_text("body"))
    said = [flat(quote.text) for quote in quotes(read("page.html", data))]
    assert len(said) > 50
    assert [one for one in said if one not in shown] == []
