"""The bundled articles, indexed once with the real model, for all the tests that need it."""

import hashlib
import os
import pickle
import platform
import shutil
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import pytest
from filelock import FileLock

from index.articles.bundled import bundled_articles
from index.articles.files import resolve_roots
from index.build.events import Summary
from index.models.registry import DEFAULT_MODEL, DEFAULT_WEIGHTS
from index.storage.store import Store
from qa.reader.shipped import DEFAULT_READER
from qa.reader.sources import find_reader
from tests.tui.fakes import FOREIGN, home_variables
from tui.jobs.build_job import build_events, reader_events
from tui.output.build_progress import watch_build
from tui.paths import default_index

ROOT = Path(__file__).parents[1]


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
def real(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Home:
    """The bundled articles under the real models, made once for all workers of a run."""
    shared = _shared_by_workers(tmp_path_factory.getbasetemp()) / "real"
    with FileLock(f"{shared}.lock"):
        summary = shared / "summary.pickle"
        if not summary.exists():
            summary.write_bytes(pickle.dumps(_made(shared, _kept_models(pytestconfig))))
        return Home(shared, pickle.loads(summary.read_bytes()))


def _shared_by_workers(base: Path) -> Path:
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def _made(folder: Path, kept: Path) -> Summary:
    """Index the bundled articles in a home; models prepared by an earlier run are taken over."""
    models = folder / "cache" / "byline" / "models"
    if kept.exists():
        shutil.copytree(kept, models)
    with pytest.MonkeyPatch.context() as patch:
        for variable, value in home_variables(folder).items():
            patch.setenv(variable, value)
        watch_build(reader_events(find_reader(DEFAULT_READER)))
        roots = resolve_roots((str(bundled_articles()),))
        summary = watch_build(build_events(Store(default_index()), DEFAULT_MODEL, roots))
        assert summary is not None
    if not kept.exists():
        partial = kept.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(models, partial)
        partial.rename(kept)
    return summary


def _kept_models(config: pytest.Config) -> Path:
    """Where prepared models are kept between runs: by all that they are made of, and with."""
    made_of = hashlib.sha256(f"{DEFAULT_WEIGHTS} {_processor()}".encode())
    for package in ("onnxruntime", "onnx", "torch", "tokenizers"):
        made_of.update(version(package).encode())
    for variable in ("ATEN_CPU_CAPABILITY", "ONEDNN_MAX_CPU_ISA"):
        made_of.update(os.environ.get(variable, "").encode())
    sources = sorted(
        path for folder in ("index/models", "qa/reader") for path in (ROOT / folder).rglob("*")
    )
    for path in sources:
        if path.is_file() and path.suffix != ".pyc":
            made_of.update(path.read_bytes())
    return config.cache.mkdir("prepared-models") / made_of.hexdigest()[:16]


def _processor() -> str:
    """What the processor can do, as far as the system says."""
    with suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return platform.processor()
