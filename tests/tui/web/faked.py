"""`python -m tests.tui.web.faked …` is `byline`, and its pages, with fake models."""

import sys

import pytest

from tests.tui.fakes import FakeModels
from tui.cli.main import main

with pytest.MonkeyPatch.context() as patch:
    models = FakeModels()
    models.stand_in(patch)
    patch.setattr("index.models.registry.find_model", models.find)
    patch.setattr("index.models.onnx_export.is_exported", lambda *_: True)
    patch.setattr("qa.reader.export.is_prepared", lambda *_: True)
    patch.setattr("tui.web.server.COMMAND", (sys.executable, "-m", "tests.tui.web.faked", "chat"))
    main()
