"""What must hold after a build that something went wrong beneath."""

import shutil
from collections.abc import Callable

from index.storage.store import Store
from tests.faults.building import Told
from tests.faults.outcomes import Outcome
from tests.faults.stage import Kind, Stage, go_on


def faults_after(
    stage: Stage,
    kind: Kind,
    store: Store,
    told: Told,
    make_room: Callable[[], None] = lambda: None,
) -> list[str]:
    """Tell what is wrong with an index after a build, and after the next one; deletes it.

    `make_room` is called before the next build.
    """
    checker = stage.checker(kind)
    try:
        outcome = checker.outcome(store)
        faults = _faults_of_end(told, outcome)
        make_room()
        go_on(stage, store)
        assert checker.outcome(store) == "new"
    except Exception as error:  # noqa: BLE001  (whatever it is, it is what the battery looks for)
        faults = [f"{type(error).__name__}: {error}"]
    shutil.rmtree(store.folder, ignore_errors=True)
    return [f"{kind}, {told.end or 'hung'}: {fault}" for fault in faults]


def _faults_of_end(told: Told, outcome: Outcome) -> list[str]:
    if told.finished:
        return [] if outcome == "new" else [f"done, but the {outcome} index answers"]
    kind, _, message = told.end.partition(": ")
    faults = []
    if kind != "failed IndexUnwritable" or "\\n" in message or "Errno" in message:
        faults.append("no clear error of one line")
    if "was not changed" in message and outcome == "new":
        faults.append("the new index answers")
    return faults
