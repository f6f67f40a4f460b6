from hypothesis import settings

from tests.options import pytest_addoption as pytest_addoption
from tests.options import pytest_terminal_summary as pytest_terminal_summary
from tests.real import real as real

settings.register_profile("byline", deadline=None)
settings.load_profile("byline")
