"""Runs `tui.jobs.subprocess_job` with fake models, without torch."""

import pytest

from tests.tui.fakes import FakeModels
from tui.jobs.subprocess_job import main

with pytest.MonkeyPatch.context() as patch:
    FakeModels().stand_in(patch)
    main()
