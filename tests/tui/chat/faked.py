"""`python -m tests.tui.chat.faked` is `byline` with fake models.

`$PLANTED` disables the sanitising of text.
"""

import os

import tui.output.sanitise

if "PLANTED" in os.environ:
    tui.output.sanitise.visible = lambda text: text
    tui.output.sanitise.visible_name = lambda name: name

from tests.tui.fakes import FakeModels, replace_for_good
from tui.cli.main import main

models = FakeModels()
models.stand_in(replace_for_good)
replace_for_good("index.models.registry.find_model", models.find)
replace_for_good("index.models.onnx_export.is_exported", lambda *_: True)
replace_for_good("qa.reader.export.is_prepared", lambda *_: True)
main()
