"""The MCP server, asked by the SDK's own client in this process."""

import os
import threading
from pathlib import Path
from typing import Any

import anyio
import pytest
from jsonschema import Draft202012Validator
from mcp import Client, MCPError
from mcp_types import CallToolResult, TextContent, TextResourceContents

from index.storage.store import Store
from tests.tui.conftest import MILL, PORT
from tests.tui.fakes import Shell
from tui.cli.services import open_service
from tui.mcp.resources import PAGE, address
from tui.mcp.server import build_server
from tui.output.json_output import json_line
from tui.service.schema import result_schema

SOLD = "The mill was sold in May."
SECRET = "nobody may read this"


def connected() -> Client:
    """A client of a server over the index that is named nowhere."""
    return Client(build_server(open_service(None, None, 0.0)), mode="legacy")


def text_of(result: CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, TextContent)
    return str(block.text)


async def structured(client: Client, tool: str, **arguments: object) -> Any:  # noqa: ANN401
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, text_of(result)
    return result.structured_content


async def error(client: Client, tool: str, **arguments: object) -> str:
    result = await client.call_tool(tool, arguments)
    assert result.is_error
    assert result.structured_content is None
    return text_of(result)


async def test_tools_have_schemas_and_only_read(indexed: Shell) -> None:
    async with connected() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"ask", "find", "show", "list_articles", "verify", "check"}
        for tool in tools.values():
            Draft202012Validator.check_schema(tool.input_schema)
            Draft202012Validator.check_schema(tool.output_schema)
            assert tool.input_schema["type"] == "object"
            assert tool.input_schema["additionalProperties"] is False
            assert tool.output_schema and tool.output_schema["type"] == "object"
            assert tool.annotations and tool.annotations.read_only_hint
        ask = tools["ask"].input_schema
        assert ask["required"] == ["question"]
        assert set(ask["properties"]) == {
            "question",
            "in",
            "since",
            "until",
            "where",
            "history",
            "top",
        }


async def test_an_answer_is_that_of_the_command_line(indexed: Shell) -> None:
    async with connected() as client:
        result = await client.call_tool("ask", {"question": SOLD, "in": ["news/in"], "top": 1})
        (answer,) = result.structured_content["answers"]
        citation = answer["citations"][0]
        assert answer["quote"] == SOLD
        place = (citation["path"], citation["line"], citation["column"], citation["status"])
        assert place == ("news/in/mill.txt", 1, 1, "unchanged")
        asked = indexed.byline("ask", SOLD, "--in", "news/in", "--top", "1", "--json").json
        untimed = {"milliseconds": None}
        assert result.structured_content | untimed == asked | untimed
        assert text_of(result) == json_line(result.structured_content)


async def test_a_follow_up_is_searched_with_earlier_questions(indexed: Shell) -> None:
    async with connected() as client:
        history = ["How old is the mill?"]
        reply = await structured(client, "ask", question="And when was it sold?", history=history)
        assert "mill" in reply["asked"]


async def test_words_lines_articles_and_quotes_are_those_of_the_command_line(
    indexed: Shell,
) -> None:
    async with connected() as client:
        found = await structured(client, "find", words="mill")
        assert found == indexed.byline("find", "mill", "--json").json
        shown = await structured(client, "show", path="news/port.txt", line=1, around=0)
        assert shown["lines"] == [{"line": 1, "text": PORT}]
        listed = await structured(client, "list_articles", limit=1, offset=1)
        assert listed["total"] == 2
        assert [one["path"] for one in listed["articles"]] == ["news/in/mill.txt"]
        listed = await structured(client, "list_articles", **{"in": ["news/in"]})
        assert [one["bytes"] for one in listed["articles"]] == [len(MILL)]
        draft = '"The mill was sold in May" (news/in/mill.txt:1) and "The mill was sold in June".'
        checked = await structured(client, "verify", text=draft)
        assert [one["match"] for one in checked["checked"]] == ["exact", "words"]
        assert (await structured(client, "check"))["ok"]
        Draft202012Validator(result_schema("articles")).validate(listed)


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {}, "question"),
        ("ask", {"question": ""}, "question"),
        ("ask", {"question": "Who?", "top": "3"}, "top"),
        ("ask", {"question": "Who?", "top": 21}, "top"),
        ("ask", {"question": "Who?", "after": "2011"}, "after"),
        ("ask", {"question": "Who?", "since": "soon"}, "'soon' is no date; write 2011"),
        ("ask", {"question": "Who?", "since": "2011"}, "no article has a date"),
        ("find", {"words": "port", "where": ["author"]}, "FIELD=VALUE"),
        ("ask", {"question": "Who?", "in": ["news/none.txt"]}, "news/none.txt"),
        ("find", {"words": "?!"}, "no word"),
        ("show", {"path": "news/port.txt", "line": 2}, "lines 1 to 1"),
    ],
)
async def test_wrong_arguments_are_errors_that_an_assistant_can_read(
    indexed: Shell, tool: str, arguments: dict[str, object], said: str
) -> None:
    async with connected() as client:
        message = await error(client, tool, **arguments)
        assert said in message
        assert "\n" not in message


async def test_a_tool_or_prompt_that_does_not_exist_is_an_error_of_the_protocol(
    indexed: Shell,
) -> None:
    async with connected() as client:
        with pytest.raises(MCPError, match="delete"):
            await client.call_tool("delete", {})
        with pytest.raises(MCPError, match="question"):
            await client.get_prompt("quote", {})


async def test_the_prompt_asks_for_quotes_with_places(indexed: Shell) -> None:
    async with connected() as client:
        (prompt,) = (await client.list_prompts()).prompts
        messages = (await client.get_prompt(prompt.name, {"question": "Who {sold} it?"})).messages
        said = messages[0].content
        assert isinstance(said, TextContent)
        assert "Who {sold} it?" in said.text
        assert "letter for letter" in said.text
        assert "path:line" in said.text


async def test_articles_are_resources(indexed: Shell) -> None:
    async with connected() as client:
        listed = await client.list_resources()
        assert [one.name for one in listed.resources] == ["news/port.txt", "news/in/mill.txt"]
        assert listed.next_cursor is None
        (read,) = (await client.read_resource(listed.resources[0].uri)).contents
        assert isinstance(read, TextResourceContents)
        assert (read.text, read.mime_type) == (PORT, "text/plain")
        with pytest.raises(MCPError, match="cursor"):
            await client.list_resources(cursor="-1")


async def test_resources_are_listed_in_pages(shell: Shell) -> None:
    for number in range(PAGE + 1):
        shell.write(f"{number:03}.txt", "It is old.")
    shell.byline("index", "news")
    async with connected() as client:
        first = await client.list_resources()
        rest = await client.list_resources(cursor=first.next_cursor)
    names = [one.name for one in (*first.resources, *rest.resources)]
    assert names == [f"news/{number:03}.txt" for number in range(PAGE + 1)]
    assert rest.next_cursor is None


async def test_nothing_outside_the_indexed_articles_is_read(indexed: Shell) -> None:
    async with connected() as client:
        secret = indexed.home / "secret.txt"
        secret.write_text(SECRET)
        (indexed.news / "link.txt").symlink_to(secret)
        (indexed.news / "new.txt").write_text(SECRET)
        # An article that became a link, and a folder of articles that did.
        (indexed.news / "port.txt").unlink()
        (indexed.news / "port.txt").symlink_to(secret)
        (indexed.home / "elsewhere").mkdir()
        (indexed.home / "elsewhere" / "mill.txt").write_text(SECRET)
        (indexed.news / "in").rename(indexed.home / "moved")
        (indexed.news / "in").symlink_to(indexed.home / "elsewhere")
        paths = [
            str(secret), "secret.txt", "news/../secret.txt", "news/link.txt", "news/new.txt",
            "/etc/passwd", "~/secret.txt", "news/port.txt/../../secret.txt", "news/in/mill.txt",
            ".", "news\0", "/é" * 2000, "news/port.txt",
        ]  # fmt: skip
        for path in paths:
            result = await client.call_tool("show", {"path": path})
            assert SECRET not in text_of(result), path
            result = await client.call_tool("find", {"words": "nobody", "in": [path]})
            assert SECRET not in text_of(result), path
            for uri in (path, f"file://{path}", address(f"{indexed.home}/{path}")):
                with pytest.raises(MCPError):
                    await client.read_resource(uri)


async def test_nothing_is_written(indexed: Shell) -> None:
    async with connected() as client:

        def files() -> dict[Path, bytes]:
            return {path: path.read_bytes() for path in indexed.home.rglob("*") if path.is_file()}

        before = files()
        await structured(client, "ask", question=SOLD)
        await structured(client, "find", words="mill")
        await structured(client, "list_articles")
        assert files() == before


@pytest.mark.filterwarnings("ignore:ping is removed")  # from later versions of the protocol
async def test_a_ping_is_answered_while_the_index_opens(
    indexed: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    pinged, opened = threading.Event(), Store.open

    def slow(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        assert pinged.wait(30)
        return opened(*arguments, **named)

    monkeypatch.setattr(Store, "open", slow)
    async with connected() as client, anyio.create_task_group() as tasks:
        tasks.start_soon(client.call_tool, "find", {"words": "mill"})
        await client.send_ping()
        pinged.set()


async def test_an_index_built_later_is_found(shell: Shell) -> None:
    async with connected() as client:
        assert "byline index" in await error(client, "find", words="port")
        shell.write("port.txt", PORT)
        shell.byline("index", "news")
        assert (await structured(client, "find", words="port"))["passages"] == 1
        shell.write("pier.txt", "The port has a pier.")
        shell.byline("index", "news")
        assert (await structured(client, "find", words="port"))["passages"] == 2


async def test_a_name_that_is_not_utf_8_is_shown_all_the_same(shell: Shell) -> None:
    shell.news.mkdir()
    Path(os.fsdecode(os.fsencode(shell.news) + b"/caf\xe9.txt")).write_text(PORT)
    assert shell.byline("index", "news").code == 0
    async with connected() as client:
        (found,) = (await structured(client, "find", words="port"))["found"]
        assert found["path"] == "news/caf?.txt"
        (resource,) = (await client.list_resources()).resources
        (read,) = (await client.read_resource(resource.uri)).contents
    assert isinstance(read, TextResourceContents)
    assert read.text == PORT
