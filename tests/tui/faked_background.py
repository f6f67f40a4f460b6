"""`python -m tests.tui.faked_background` is `tui.background` with a model that needs no torch."""

import pytest

from tests.tui.fakes import FakeModels
from tui.background import main

with pytest.MonkeyPatch.context() as patch:
    FakeModels().stand_in(patch)
    main()
