import json
import sys

import click
import pytest

from eval.bench.figures import Figure
from tests.tui.fakes import Shell
from tui.bench.table import figures_line
from tui.cli.main import cli
from tui.exit_codes import Exit


@pytest.mark.parametrize("arguments", [(), ("--help",), ("index", "--passages", "20")])
def test_without_the_benchmarks_bench_is_an_error_that_names_the_checkout(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setitem(sys.modules, "tui.bench", None)
    ran = shell.byline("bench", *arguments)
    assert (ran.code, ran.out, ran.err.count("\n")) == (Exit.ERROR, "", 1)
    assert "checkout" in ran.err


def test_without_the_benchmarks_bench_is_not_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tui.bench", None)
    context = click.Context(cli, resilient_parsing=True)
    assert isinstance(cli, click.Group)
    assert cli.get_command(context, "bench") is None


def test_without_matplotlib_growth_is_an_error_before_anything_is_measured(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.errors.find_spec", lambda _: None)
    folder = shell.home / "growth"
    ran = shell.byline("bench", "growth", str(folder))
    assert (ran.code, ran.out, ran.err.count("\n")) == (Exit.ERROR, "", 1)
    assert "matplotlib" in ran.err
    assert "pip install" in ran.err
    assert not folder.exists()


def test_figures_are_one_line_of_json() -> None:
    figures = [Figure("  read, p50", 3.0, "ms", "network alone", 2.0), Figure("passages", 20)]
    assert json.loads(figures_line(figures))["figures"] == [
        {"name": "read, p50", "value": 3.0, "unit": "ms", "beside": "network alone",
         "limit": 2.0, "ratio": 1.5},
        {"name": "passages", "value": 20, "unit": "", "beside": None, "limit": None,
         "ratio": None},
    ]  # fmt: skip


def test_without_haystack_peer_is_an_error_that_says_what_to_install(
    indexed: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eval.bench.peer.find_spec", lambda _: None)
    ran = indexed.byline("bench", "peer")
    assert (ran.code, ran.out) == (Exit.ERROR, "")
    assert 'pip install "haystack-ai<3"' in ran.err
