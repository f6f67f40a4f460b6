"""Runs `tui.jobs.subprocess_job` with fake models, without torch."""

from tests.tui.fakes import FakeModels, replace_for_good
from tui.jobs.subprocess_job import main

FakeModels().stand_in(replace_for_good)
main()
