"""`python -m tests.tui.web.faked …` is `byline`, and its pages, with fake models."""

import sys

from tests.tui.fakes import FakeModels, replace_for_good
from tui.cli.main import main

models = FakeModels()
models.stand_in(replace_for_good)
replace_for_good("index.models.registry.find_model", models.find)
replace_for_good("index.models.onnx_export.is_exported", lambda *_: True)
replace_for_good("qa.reader.export.is_prepared", lambda *_: True)
replace_for_good("tui.web.server.COMMAND", (sys.executable, "-m", "tests.tui.web.faked", "chat"))
main()
