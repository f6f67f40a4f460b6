from hypothesis import settings

from tests.options import pytest_addoption as pytest_addoption

settings.register_profile("byline", deadline=None)
settings.load_profile("byline")
