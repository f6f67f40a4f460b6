"""The HTTP interface, in this process."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from starlette.testclient import TestClient

from qa.bot import Bot
from tests.tui.conftest import PORT
from tests.tui.fakes import Shell
from tui.cli.services import open_service
from tui.http.app import PATHS, build_app
from tui.http.arguments import MAX_BODY
from tui.service.schema import result_schema

TOKEN = "a token of no one else"
HERE = "http://127.0.0.1:8018"
SOLD = "The mill was sold in May."
HOSTILE = "<script>alert(1)</script> & \u202e\x1b[31m"
ASKED: dict[str, Any] = {
    "/ask": {"question": SOLD},
    "/find": {"words": "port"},
    "/show": {"path": "news/port.txt", "line": 1},
    "/articles": {},
    "/verify": {"text": '"The mill was sold in May"'},
    "/check": {},
}


def client_of(rate: float = 1000.0, **headers: str) -> TestClient:
    """A client of an application over the default index; it raises what the application does."""
    app = build_app(open_service(None, None, 0.0), TOKEN, [HERE], rate)
    return TestClient(app, HERE, headers={"Authorization": f"Bearer {TOKEN}"} | headers)


@pytest.fixture
def client(indexed: Shell) -> Iterator[TestClient]:
    """A client that has the token, over the articles about a port and a mill."""
    with client_of() as client:
        yield client


def events(text: str) -> list[tuple[str, Any]]:
    found = re.findall(r"event: (\w+)\ndata: (.*)\n\n", text)
    return [(name, json.loads(data)) for name, data in found]


def test_each_path_answers_by_address_and_by_json_alike(client: TestClient) -> None:
    for path, operation in PATHS:
        by_address = client.get(path, params=ASKED[path])
        by_json = client.post(path, json=ASKED[path])
        assert (by_address.status_code, by_json.status_code) == (200, 200), path
        untimed = {"milliseconds": None}
        assert by_address.json() | untimed == by_json.json() | untimed
        Draft202012Validator(result_schema(operation.result)).validate(by_json.json())
        assert by_json.headers["Cache-Control"] == "no-store"
        assert by_json.text.isascii()


def test_results_are_the_json_of_the_command_line(client: TestClient, indexed: Shell) -> None:
    reply = client.get("/ask", params={"question": SOLD, "in": ["news/in", "news"], "top": "1"})
    asked = indexed.byline(
        "ask", SOLD, "--top", "1", "--in", "news/in", "--in", "news", "--json"
    ).json
    assert reply.json() | {"milliseconds": 0} == asked | {"milliseconds": 0}
    assert client.get("/find?words=mill").json() == indexed.byline("find", "mill", "--json").json
    shown = client.get("/show?path=news/port.txt&line=1&around=0").json()
    assert shown["lines"] == [{"line": 1, "text": PORT}]


def test_an_answer_comes_about_in_events(client: TestClient) -> None:
    asked = {"question": SOLD}
    streams = [
        client.get("/ask", params=asked | {"stream": "1"}),
        client.post("/ask", json=asked, headers={"Accept": "text/event-stream"}),
    ]
    for stream in streams:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        names, data = zip(*events(stream.text), strict=True)
        assert names == ("searching", "matches", "answer")
        (match,) = [one for one in data[1]["found"] if "mill" in one["path"]]
        assert match["places"][0]["quote"] == SOLD
        assert len(match["places"][0]["marks"]) == 3  # mill, sold, May
        Draft202012Validator(result_schema("found")).validate(data[1])
        assert data[2] | {"milliseconds": 0} == client.get("/ask", params=asked).json() | {
            "milliseconds": 0
        }
    failed = client.get("/ask", params=asked | {"stream": "1", "in": "nowhere"})
    assert [name for name, _ in events(failed.text)] == ["searching", "error"]


def test_the_first_of_two_readers_is_heard_while_the_second_one_reads(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = Bot.ask

    def twice(bot: Bot, question: str, limit: int, scope: Any, history: Any, on_first: Any) -> Any:  # noqa: ANN401
        on_first(ask(bot, question, limit, scope, history))
        return ask(bot, question, limit, scope, history)

    monkeypatch.setattr(Bot, "ask", twice)
    stream = client.get("/ask", params={"question": SOLD, "stream": "1"})
    names = [name for name, _ in events(stream.text)]
    assert names == ["searching", "matches", "first", "answer"]


FOREIGN: list[dict[str, str]] = [
    {"Authorization": ""},
    {"Authorization": f"Bearer {TOKEN}x"},
    {"Authorization": "Bearer é"},
    {"Authorization": TOKEN},
    {"Host": "byline.example:8018"},
    {"Host": "127.0.0.1:8019"},
    {"Host": ""},
    {"Origin": "null"},
    {"Origin": "https://127.0.0.1:8018"},
    {"Origin": "http://byline.example"},
    {"Host": "byline.example:8018", "Origin": "http://byline.example:8018"},
]


def test_another_host_origin_or_token_is_refused_everywhere(client: TestClient) -> None:
    for headers in FOREIGN:
        sent = {name.encode(): value.encode() for name, value in headers.items()}
        for path in (*ASKED, "/", "/healthz", "/openapi.json", "/nothing"):
            refused = client.get(path, params=ASKED.get(path), headers=sent)
            assert refused.status_code == 403, (headers, path)
            assert TOKEN not in refused.text
            assert SOLD not in refused.text


def test_the_token_may_be_part_of_the_address(client: TestClient) -> None:
    client.headers = {"Origin": HERE}
    assert client.get("/healthz", params={"token": TOKEN}).json() == {"status": "ok"}
    assert client.get("/healthz", params={"token": ""}).status_code == 403


IMPOSSIBLE: list[tuple[int, str, str, dict[str, Any]]] = [
    (400, "GET", "/ask", {}),
    (400, "GET", "/ask?question=", {}),
    (400, "GET", "/ask?question=Who&top=many", {}),
    (400, "GET", "/ask?question=Who&since=2011", {}),
    (400, "GET", "/ask?question=Who&in=/etc/passwd", {}),
    (400, "GET", "/show?path=../secret.txt&line=1", {}),
    (400, "GET", "/show?path=news/port.txt&line=2", {}),
    (400, "POST", "/ask", {"json": ["Who?"]}),
    (400, "POST", "/ask", {"json": {"question": "Who?", "top": "3"}}),
    (400, "POST", "/ask", {"content": b"{", "headers": {"Content-Type": "application/json"}}),
    (413, "POST", "/verify", {"json": {"text": "a" * MAX_BODY}}),
    (415, "POST", "/ask", {"content": b"{}"}),
    (415, "POST", "/", {"json": {}}),
    (404, "GET", "/nothing", {}),
    (405, "DELETE", "/ask", {}),
]


def test_what_cannot_be_done_is_said_in_one_line(client: TestClient) -> None:
    for status, method, path, sent in IMPOSSIBLE:
        answer = client.request(method, path, **sent)
        assert answer.status_code == status, (method, path)
        (message,) = answer.json().values()
        assert message
        assert "\n" not in message


def test_too_many_requests_are_told_when_to_try_again(indexed: Shell) -> None:
    with client_of(rate=1) as client:
        answers = [client.get("/healthz") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


VALUES = (
    st.text(max_size=20) | st.integers() | st.none() | st.lists(st.text(max_size=5), max_size=3)
)
NAMES = st.sampled_from(["question", "words", "path", "line", "in", "top", "text"]) | st.text(
    max_size=5
)


def test_fuzzed_requests_are_never_errors_of_the_server(client: TestClient) -> None:
    @given(
        st.sampled_from(["GET", "POST", "PUT", "HEAD"]),
        st.sampled_from([*ASKED, "/", "/healthz"]) | st.text("/%?az\0é", max_size=8),
        st.dictionaries(NAMES, VALUES, max_size=4),
        st.binary(max_size=30) | st.none(),
    )
    def ask(method: str, path: str, arguments: dict[str, Any], sent: bytes | None) -> None:
        body = json.dumps(arguments).encode() if sent is None else sent
        address = f"/{quote(path.lstrip('/'))}"
        if method == "GET":
            named = {name: value for name, value in arguments.items() if value is not None}
            answer = client.get(address, params=named)
        else:
            kind = {"Content-Type": "application/json"}
            answer = client.request(method, address, content=body, headers=kind)
        assert answer.status_code in {200, 400, 404, 405, 415}

    ask()


def test_without_an_index_every_question_says_so(shell: Shell) -> None:
    with client_of() as client:
        answer = client.get("/ask", params={"question": SOLD})
    assert answer.status_code == 503
    assert "byline index" in answer.json()["error"]


def test_the_description_names_every_path_and_only_schemas_that_it_has(client: TestClient) -> None:
    text = client.get("/openapi.json").text
    described = json.loads(text)
    assert set(described["paths"]) == {path for path, _ in PATHS}
    schemas = described["components"]["schemas"]
    references = set(re.findall(r'"\$ref": "#/components/schemas/(\w+)"', text))
    assert references <= set(schemas)
    assert "#/$defs" not in text
    for schema in schemas.values():
        Draft202012Validator.check_schema(schema)
    parameters = {one["name"] for one in described["paths"]["/ask"]["get"]["parameters"]}
    assert parameters == {"question", "in", "since", "until", "where", "history", "top", "stream"}


def test_the_page_answers_one_question_without_a_script(client: TestClient) -> None:
    page = client.get("/", params={"token": TOKEN})
    assert "<form" in page.text
    answered = client.post("/", data={"question": SOLD})
    assert (page.status_code, answered.status_code) == (200, 200)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", answered.text))
    assert f"{SOLD} " in text
    assert "news/in/mill.txt:1:1" in text
    assert f'value="{SOLD}"' in answered.text
    refused = client.post("/", data={"question": " "})
    assert refused.status_code == 400
    assert 'role="alert"' in refused.text


def test_filters_by_address_by_json_and_on_the_page(shell: Shell) -> None:
    shell.write("mill.md", "---\nauthor: Ada Quill\ndate: 2011-05-03\n---\nThe mill was sold.")
    shell.write("port.md", "The port was sold.")
    assert shell.byline("index", "news").code == 0
    with client_of() as client:
        filters = {"since": "2011", "where": ["author=Ada Quill"]}
        found = client.get("/find", params={"words": "sold", **filters}).json()
        assert found == client.post("/find", json={"words": "sold", **filters}).json()
        assert found["filters"] == {**filters, "in": [], "since": "2011-01-01", "until": None}
        listed = client.get("/articles", params={"since": "2011"}).json()
        assert (listed["total"], listed["undated"]) == (1, 1)
        refused = client.get("/ask", params={"question": SOLD, "until": "soon"})
        assert (refused.status_code, "is no date" in refused.json()["error"]) == (400, True)
        page = client.post("/", data={"question": SOLD, "since": "2011", "where": ""})
        assert page.status_code == 200
        assert "1 without a date left out" in page.text
        assert 'name="since" value="2011"' in page.text


def test_the_page_loads_nothing_and_runs_only_its_own_script(client: TestClient) -> None:
    first, second = (client.get("/") for _ in range(2))
    policy = first.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'nonce-")
    assert "unsafe" not in policy
    assert policy != second.headers["Content-Security-Policy"]
    (nonce,) = set(re.findall(r'nonce="([^"]+)"', first.text))
    assert f"'nonce-{nonce}'" in policy
    assert not re.search(r"""(?:src|href)=["'](?!data:,)|https?:|url\(|@import""", first.text)


def test_the_text_of_articles_is_escaped_on_the_page(shell: Shell) -> None:
    shell.write("<img src=x>.txt", f"The pier is {HOSTILE} red.")
    assert shell.byline("index", "news").code == 0
    with client_of() as client:
        answered = client.post("/", data={"question": f"pier {HOSTILE}"})
        streamed = client.post(
            "/", data={"question": "The pier"}, headers={"Accept": "text/event-stream"}
        )
    html = "".join(data["html"] for _, data in events(streamed.text))
    for text in (answered.text.split("<main>")[1].split("<script")[0], html):
        assert "alert(1)" in text
        assert "<img" not in text
        assert not re.search(r"<script", text)
        assert "&lt;img src=x&gt;.txt" in text
