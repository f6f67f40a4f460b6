"""`python -m tests.tui.faked …` is `byline` with a model that needs no torch."""

from tests.tui.fakes import FakeModels, replace_for_good
from tui.cli.main import main

FakeModels().stand_in(replace_for_good)
main()
