"""`python -m tests.tui.chat.faked` is `byline` with fake models.

`$PLANTED` disables the sanitising of text.
"""

import os

import pytest

import tui.output.sanitise

if "PLANTED" in os.environ:
    tui.output.sanitise.visible = lambda text: text
    tui.output.sanitise.visible_name = lambda name: name

from tests.tui.fakes import FakeModels
from tui.cli.main import main

with pytest.MonkeyPatch.context() as patch:
    models = FakeModels()
    models.stand_in(patch)
    patch.setattr("index.models.registry.find_model", models.find)
    patch.setattr("index.models.onnx_export.is_exported", lambda *_: True)
    patch.setattr("qa.reader.export.is_prepared", lambda *_: True)
    main()
