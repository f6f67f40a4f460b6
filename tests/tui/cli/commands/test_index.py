import fcntl
import os

from tests.tui.fakes import Shell, assert_one_line_error


def test_a_build_reports_its_counts_on_stderr(indexed: Shell) -> None:
    indexed.write("dam.txt", "The dam broke at night. Nobody was hurt there.")
    ran = indexed.byline("index")
    assert (ran.code, ran.out) == (0, "")
    assert (
        "3 articles, 3 passages: 1 added, 0 changed, 0 removed, 2 unchanged, 0 skipped; "
        "1 passage embedded, 0 vectors reused; "
    ) in ran.err
    for stage in ("Reading articles: ", "Embedding passages: ", "Writing the index: "):
        assert stage in ran.err


def test_a_summary_as_json_is_one_line_on_stdout(indexed: Shell) -> None:
    summary = indexed.byline("index", "--json").json
    assert (summary["unchanged"], summary["embedded"], summary["published"]) == (2, 0, False)


def test_paths_are_remembered_and_can_be_forgotten(indexed: Shell) -> None:
    other = indexed.home / "other"
    other.mkdir()
    (other / "dam.txt").write_text("The dam broke at night.", encoding="utf-8")
    assert indexed.byline("index", "other", "--json").json["articles"] == 3
    assert indexed.byline("index", "--json").json["articles"] == 3
    summary = indexed.byline("index", "--forget", "other", "--json").json
    assert (summary["articles"], summary["removed"]) == (2, 1)


def test_only_changed_articles_are_embedded(indexed: Shell) -> None:
    assert indexed.models.embedded == 2
    indexed.byline("index")
    assert indexed.models.embedded == 2
    indexed.byline("index", "--full")
    assert indexed.models.embedded == 4


def test_a_full_build_says_why_everything_was_done_anew(indexed: Shell) -> None:
    ran = indexed.byline("index", "--full")
    assert "(--full)" in ran.err


def test_skipped_files_are_listed_by_reason_up_to_ten(shell: Shell) -> None:
    shell.write("a.txt", "The port is closed.")
    for i in range(12):
        shell.write(f"{i:02}.zip", "x")
    shell.write("b.txt", b"\0")
    ran = shell.byline("index", "news", "--json")
    assert ran.code == 0
    lines = ran.err.splitlines()
    start = lines.index("skipped 12: not a format that Byline reads")
    assert lines[start + 1] == f"    {shell.news}/00.zip"
    assert "2 more" in lines[start + 11]
    assert "skipped 1: binary: a NUL in its first 8 KiB" in lines
    assert len(ran.json["skipped"]) == 13


def test_a_named_file_that_is_no_article_is_an_error_and_the_rest_is_indexed(shell: Shell) -> None:
    shell.write("a.txt", "The port is closed.")
    shell.write("plan.zip", "PK")
    ran = shell.byline("index", "news/a.txt", "news/plan.zip", "--json")
    assert (ran.code, ran.json["articles"]) == (2, 1)
    assert "byline: news/plan.zip was not indexed: not a format that Byline reads" in ran.err
    assert shell.byline("index").code == 0


def test_a_file_with_stray_bytes_is_listed(shell: Shell) -> None:
    odd = shell.write("odd.txt", "Zoë dug the lock. ".encode() + b"The caf\xe9 is closed.")
    ran = shell.byline("index", "news", "--json")
    assert ran.json["mixed_encoding"] == [str(odd)]
    lines = ran.err.splitlines()
    start = next(
        n for n, line in enumerate(lines) if line.startswith("mixed encoding in 1 article")
    )
    assert lines[start + 1] == f"    {odd}"


def test_links_are_followed_only_in_folders_that_are_named(shell: Shell) -> None:
    shell.write("a.txt", "The port is closed.")
    (shell.home / "b.txt").write_text("The dam broke at night.", encoding="utf-8")
    (shell.news / "link.txt").symlink_to(shell.home / "b.txt")
    assert shell.byline("index", "news", "--json").json["articles"] == 1
    assert_one_line_error(shell.byline("index", "--follow-links"), "--follow-links", "PATHS")
    assert shell.byline("index", "news", "--follow-links", "--json").json["articles"] == 2
    # A linked article is cited by its own name, and looked up by the link's too.
    cited = shell.byline("ask", "The dam broke at night.", "--json").json["answers"][0]
    assert cited["citations"][0]["path"] == "news/link.txt"
    assert shell.byline("show", "news/link.txt:1").code == 0


def test_a_missing_folder_is_reported_and_its_articles_are_kept(indexed: Shell) -> None:
    indexed.news.rename(indexed.home / "unmounted")
    ran = indexed.byline("index", "--json")
    assert ran.code == 0
    assert "news is missing; 2 articles kept" in ran.err
    assert ran.json["missing_folders"] == [{"path": "news", "articles_kept": 2}]


def test_a_second_build_names_the_process_of_the_first(indexed: Shell) -> None:
    lock = os.open(indexed.index / "writer.lock", os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert_one_line_error(
            indexed.byline("index"), "Index is busy", f"process {os.getpid()}, started"
        )
        assert indexed.byline("ask", "the port is closed.").code == 0
    finally:
        os.close(lock)


def test_the_model_of_a_new_index_is_prepared_once(shell: Shell) -> None:
    prepared: list[object] = []
    shell.patch.setattr("tui.jobs.build_job.is_exported", lambda *_: bool(prepared))
    shell.patch.setattr("tui.jobs.build_job.ensure_export", lambda _, cache: prepared.append(cache))
    shell.write("a.txt", "The port is closed.")
    ran = shell.byline("index", "news")
    assert "Preparing the model for questions, once …\n" in ran.err
    assert prepared == [shell.home / "cache" / "byline" / "models"]
    shell.byline("index", "--full")
    assert len(prepared) == 1


def test_the_reader_of_a_new_index_is_prepared_once(shell: Shell) -> None:
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
