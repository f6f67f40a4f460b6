from pathlib import Path

import pytest

from tests.tui.fakes import FOREIGN, FakeModels, Shell, home_variables

PORT = "the port is closed. Nobody has the money to dig it out."
MILL = "The mill was sold in May. It is very old."


@pytest.fixture
def shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> Shell:
    """A home without anything in it."""
    for variable, value in home_variables(tmp_path).items():
        monkeypatch.setenv(variable, value)
    for variable in FOREIGN:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    models = FakeModels()
    models.stand_in(monkeypatch.setattr)
    return Shell(tmp_path, models, capsysbinary, monkeypatch)


@pytest.fixture
def indexed(shell: Shell) -> Shell:
    """A home whose two articles are indexed."""
    shell.write("port.txt", PORT)
    shell.write("in/mill.txt", MILL)
    ran = shell.byline("index", "news")
    assert ran.code == 0, ran.err
    return shell
