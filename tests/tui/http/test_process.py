"""`byline serve`, by a real server."""

import socket
import subprocess
import threading

import httpx2
import pytest

from tests.tui.fakes import Shell, assert_one_line_error
from tests.tui.http.serving import serving_http
from tests.tui.terminal import FAKED, environment

SOLD = "The mill was sold in May."
PATIENCE = 60.0


@pytest.mark.slow
def test_a_real_server_answers_many_at_once_on_this_machine_alone(indexed: Shell) -> None:
    with serving_http(indexed.home) as served:
        asked = httpx2.URL(served.address).copy_merge_params({"question": SOLD})
        statuses: list[int] = []

        def ask() -> None:
            with httpx2.Client(timeout=PATIENCE) as client:
                statuses.extend(client.get(asked.copy_with(path="/ask")).status_code for _ in "ab")

        threads = [threading.Thread(target=ask) for _ in range(25)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert statuses == [200] * 50
        page = httpx2.post(served.address, data={"question": SOLD}, timeout=PATIENCE)
        assert "news/in/mill.txt" in page.text
        assert "server" not in page.headers
        assert httpx2.get(f"{served.origin}/healthz").status_code == 403
        # A server that listens on all addresses would have this one too.
        with pytest.raises(OSError), socket.create_connection(("127.0.0.2", served.port)):
            pass
        taken = subprocess.run(
            [*FAKED, "serve", "--port", str(served.port)],
            cwd=indexed.home, env=environment(indexed.home), capture_output=True, check=False,
        )  # fmt: skip
        assert taken.returncode == 2
        assert taken.stderr.startswith(f"byline: Cannot do that: port {served.port}: ".encode())
        assert taken.stderr.count(b"\n") == 1
    assert served.process.returncode in (0, -15)


def test_what_serve_needs_is_said_in_one_line(shell: Shell) -> None:
    assert_one_line_error(shell.byline("serve", "--token", "short"), "16")
    shell.patch.setattr("index.errors.find_spec", lambda _: None)
    assert_one_line_error(shell.byline("serve"), "byline[serve]")
