"""`python -m tests.tui.faked …` is `byline` with a model that needs no torch."""

import pytest

from tests.tui.fakes import FakeModels
from tui.cli.main import main

with pytest.MonkeyPatch.context() as patch:
    FakeModels().stand_in(patch)
    main()
