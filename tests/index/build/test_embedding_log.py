from pathlib import Path

import numpy as np
import pytest

from index.build.embedding_log import EmbeddedLog
from index.models.passage_encoder import Vectors

KEYS = [bytes([i]) * 32 for i in range(4)]
VECTORS: Vectors = np.arange(12, dtype=np.float32).reshape(4, 3)
RECORD = 4 + 32 + 3 * 2 + 4


@pytest.fixture
def log(tmp_path: Path) -> EmbeddedLog:
    log = EmbeddedLog(tmp_path / "embedded" / "m.vectors")
    log.restart(log.read())
    log.append(KEYS[:2], VECTORS[:2])
    log.append(KEYS[2:], VECTORS[2:])
    return log


def check(log: EmbeddedLog, count: int) -> None:
    logged = log.read()
    assert list(logged.places) == KEYS[:count]
    assert logged.length == count * RECORD
    if count:
        np.testing.assert_array_equal(log.vectors(list(logged.places.values())), VECTORS[:count])


def test_vectors_come_back_by_key(log: EmbeddedLog) -> None:
    check(log, 4)
    places = log.read().places
    found = log.vectors([places[KEYS[2]], places[KEYS[0]]])
    np.testing.assert_array_equal(found, VECTORS[[2, 0]])


def test_a_log_that_is_not_there_holds_nothing(log: EmbeddedLog) -> None:
    log.delete()
    check(log, 0)
    log.delete()


def test_a_log_cut_anywhere_gives_the_records_before_the_cut(log: EmbeddedLog) -> None:
    data = log.path.read_bytes()
    assert len(data) == 4 * RECORD
    for length in range(len(data) + 1):
        log.path.write_bytes(data[:length])
        check(log, length // RECORD)


def test_a_log_damaged_anywhere_gives_no_wrong_vector(log: EmbeddedLog) -> None:
    data = log.path.read_bytes()
    for at in range(len(data)):
        log.path.write_bytes(data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :])
        check(log, at // RECORD)


def test_a_length_that_cannot_be_asks_for_no_memory(log: EmbeddedLog) -> None:
    log.path.write_bytes(b"\xff" * 1000)
    check(log, 0)


def test_a_restart_drops_what_was_cut_so_that_more_can_follow(log: EmbeddedLog) -> None:
    log.path.write_bytes(log.path.read_bytes()[:-10])
    log.restart(log.read())
    assert log.path.stat().st_size == 3 * RECORD
    log.append(KEYS[3:], VECTORS[3:])
    check(log, 4)
