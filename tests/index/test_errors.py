"""A missing extra is reported in one line."""

import pytest

from index.errors import MissingExtra, require


def test_installed_packages_are_enough() -> None:
    require("json", "numpy", extra="eval")


def test_a_missing_package_is_reported_with_the_extra_to_install() -> None:
    with pytest.raises(MissingExtra) as raised:
        require("json", "no_such_package", extra="eval")
    assert "no_such_package" in raised.value.message
    assert 'pip install "byline[eval]"' in raised.value.message
    assert "json" not in raised.value.message
    assert "\n" not in raised.value.message
