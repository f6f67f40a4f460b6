"""The bundled articles, indexed once with the real model, for all the tests that need it."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from index.articles.bundled import bundled_articles
from index.articles.files import resolve_roots
from index.build.events import Summary
from index.models.registry import DEFAULT_MODEL
from index.storage.store import Store
from qa.reader.shipped import DEFAULT_READER
from qa.reader.sources import find_reader
from tests.tui.fakes import FOREIGN, home_variables
from tui.jobs.build_job import prepare_reader, run_build
from tui.paths import default_index


@dataclass(frozen=True)
class Home:
    """A home whose own index holds the bundled articles."""

    folder: Path
    summary: Summary

    @property
    def store(self) -> Store:
        return Store(self.folder / "data" / "byline" / "index")

    @property
    def cache(self) -> Path:
        return self.folder / "cache" / "byline" / "models"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        return kept | home_variables(self.folder)


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("real")
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in home_variables(folder).items():
            patch.setenv(variable, value)
        prepare_reader(find_reader(DEFAULT_READER))
        roots = resolve_roots((str(bundled_articles()),))
        summary = run_build(Store(default_index()), DEFAULT_MODEL, roots)
    yield Home(folder, summary)
