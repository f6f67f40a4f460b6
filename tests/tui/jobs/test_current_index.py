"""A newer generation is opened at once, and the models stay loaded."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes import fake_model
from tests.qa.fakes import Library
from tests.tui.fakes import FakeModels
from tui.jobs.current_index import CurrentIndex


@pytest.fixture
def library(tmp_path: Path) -> Library:
    library = Library(tmp_path)
    library.write("port.txt", "The port is closed.")
    library.index()
    return library


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> FakeModels:
    models = FakeModels()
    models.stand_in(monkeypatch.setattr)
    return models


@pytest.fixture
def index(library: Library, models: FakeModels) -> Iterator[CurrentIndex]:
    with closing(CurrentIndex(lambda: library.store, library.folder, "byline", 0.0)) as index:
        yield index


def test_a_newer_generation_is_asked_with_the_same_models(
    library: Library, models: FakeModels, index: CurrentIndex
) -> None:
    assert index.bot().ask("The dam broke.").unmentioned
    library.write("dam.txt", "The dam broke.")
    library.index()
    assert index.generation().manifest.articles == 2
    assert not index.bot().ask("The dam broke.").unmentioned
    assert (len(models.question_encoders), len(models.readers)) == (1, 1)


def test_models_are_loaded_again_for_an_index_of_another_model(
    library: Library, models: FakeModels, index: CurrentIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.bot()
    monkeypatch.setattr("tests.qa.fakes.fake_model", lambda: fake_model("b" * 64))
    library.index()
    index.bot()
    assert len(models.question_encoders) == 2
