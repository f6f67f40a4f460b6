import fcntl
import os

from tests.tui.fakes import Shell, assert_one_line_error


def test_a_build_tells_what_it_did_on_standard_error_alone(indexed: Shell) -> None:
    indexed.write("dam.txt", "The dam broke at night. Nobody was hurt there.")
    ran = indexed.byline("index")
    assert (ran.code, ran.out) == (0, "")
    assert (
        "3 articles, 3 passages: 1 added, 0 changed, 0 removed, 2 unchanged, 0 skipped; "
        "1 passages embedded, 0 vectors reused; "
    ) in ran.err
    for stage in ("Reading articles: ", "Embedding passages: ", "Writing the index: "):
        assert stage in ran.err


def test_a_summary_as_json_is_one_line_on_standard_output(indexed: Shell) -> None:
    told = indexed.byline("index", "--json").json
    assert (told["unchanged"], told["embedded"], told["published"]) == (2, 0, False)


def test_paths_are_remembered_and_can_be_forgotten(indexed: Shell) -> None:
    other = indexed.home / "other"
    other.mkdir()
    (other / "dam.txt").write_text("The dam broke at night.", encoding="utf-8")
    assert indexed.byline("index", "other", "--json").json["articles"] == 3
    assert indexed.byline("index", "--json").json["articles"] == 3
    told = indexed.byline("index", "--forget", "other", "--json").json
    assert (told["articles"], told["removed"]) == (2, 1)


def test_the_model_is_asked_for_vectors_only_where_something_changed(indexed: Shell) -> None:
    assert indexed.models.embedded == 2
    indexed.byline("index")
    assert indexed.models.embedded == 2
    indexed.byline("index", "--full")
    assert indexed.models.embedded == 4


def test_a_full_build_says_why_everything_was_done_anew(indexed: Shell) -> None:
    ran = indexed.byline("index", "--full")
    assert "(--full)" in ran.err


def test_what_was_skipped_is_told_by_reason_ten_names_at_most(shell: Shell) -> None:
    shell.write("a.txt", "The port is closed.")
    for i in range(12):
        shell.write(f"{i:02}.pdf", "x")
    shell.write("b.txt", b"\0")
    ran = shell.byline("index", "news", "--json")
    assert ran.code == 0
    lines = ran.err.splitlines()
    start = lines.index("skipped 12: not .txt or .md")
    assert lines[start + 1] == f"    {shell.news}/00.pdf"
    assert lines[start + 11] == "    … and 2 more (--json names all)"
    assert "skipped 1: binary: a NUL in its first 8 KiB" in lines
    assert len(ran.json["skipped"]) == 13


def test_a_folder_that_is_missing_is_told_and_its_articles_kept(indexed: Shell) -> None:
    indexed.news.rename(indexed.home / "unmounted")
    ran = indexed.byline("index", "--json")
    assert ran.code == 0
    assert "news is not there; its 2 articles are kept as they were (drop them with" in ran.err
    assert ran.json["missing_folders"] == [{"path": "news", "articles_kept": 2}]


def test_while_another_build_runs_a_second_is_told_who_runs(indexed: Shell) -> None:
    lock = os.open(indexed.index / "writer.lock", os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert_one_line_error(
            indexed.byline("index"), "Index is being built", f"process {os.getpid()}, started"
        )
        assert indexed.byline("ask", "the port is closed.").code == 0
    finally:
        os.close(lock)


def test_a_new_index_has_its_model_prepared_for_questions_once(shell: Shell) -> None:
    prepared: list[object] = []
    shell.patch.setattr("tui.jobs.build_job.is_exported", lambda *_: bool(prepared))
    shell.patch.setattr("tui.jobs.build_job.ensure_export", lambda _, cache: prepared.append(cache))
    shell.write("a.txt", "The port is closed.")
    ran = shell.byline("index", "news")
    assert "Preparing the model for questions, once …\n" in ran.err
    assert prepared == [shell.home / "cache" / "byline" / "models"]
    shell.byline("index", "--full")
    assert len(prepared) == 1


def test_a_new_index_has_the_reader_prepared_for_questions_once(shell: Shell) -> None:
    prepared: list[tuple[str, object]] = []
    shell.patch.setattr("tui.jobs.build_job.is_prepared", lambda *_: bool(prepared))
    shell.patch.setattr(
        "tui.jobs.build_job.ensure_reader",
        lambda source, cache: prepared.append((source.name, cache)),
    )
    shell.write("a.txt", "The port is closed.")
    ran = shell.byline("index", "news")
    assert "Preparing the reader, once …\n" in ran.err
    assert prepared == [("byline", shell.home / "cache" / "byline" / "models")]
    ran = shell.byline("index", "--full")
    assert "Preparing" not in ran.err
    assert len(prepared) == 1
