from tests.tui.fakes import Shell, names

ASKED = "the port is closed."


def test_settings_are_used(indexed: Shell) -> None:
    indexed.set("top = 2", "threshold = 0.0")
    assert len(indexed.byline("ask", ASKED, "--json").json["answers"]) == 2
    indexed.set("threshold = 1")
    assert indexed.byline("ask", ASKED).code == 1


def test_an_option_goes_before_the_settings_file(indexed: Shell) -> None:
    indexed.set("top = 2", "threshold = 1.0")
    options = ("--json", "--top", "3", "--threshold", "0")
    assert len(indexed.byline("ask", ASKED, *options).json["answers"]) == 3


def test_the_index_of_the_settings_file_is_built_and_asked(shell: Shell) -> None:
    shell.set("index = '~/elsewhere'")
    shell.write("a.txt", ASKED)
    assert shell.byline("index", "news").code == 0
    assert not shell.index.exists()
    assert (shell.home / "elsewhere" / "CURRENT").is_file()
    assert shell.byline("ask", ASKED).code == 0
    assert shell.byline("show", "news/a.txt:1").code == 0
    assert shell.byline("check").code == 0


def test_an_index_of_the_settings_file_that_is_not_there_is_told(shell: Shell) -> None:
    shell.set("index = '~/elsewhere'")
    ran = shell.byline("ask", ASKED)
    assert (ran.code, ran.out) == (2, "")
    assert f"run `byline index FOLDER --index {shell.home}/elsewhere`" in ran.err


def test_the_environment_names_an_index_and_an_option_goes_before_it(shell: Shell) -> None:
    shell.write("a.txt", ASKED)
    shell.set("index = '~/three'")
    shell.patch.setenv("BYLINE_INDEX", str(shell.home / "two"))
    shell.byline("index", "news", "--index", str(shell.home / "one"))
    assert names(list(shell.home.iterdir())) == {"news", "config", "one"}
    shell.byline("index", "news")
    assert names(list(shell.home.iterdir())) == {"news", "config", "one", "two"}


def test_the_model_is_the_option_s_else_the_setting_s_else_the_index_s(shell: Shell) -> None:
    shell.write("a.txt", ASKED)
    shell.byline("index", "news", "--model", "given")
    shell.byline("index")
    shell.set("model = 'set'")
    shell.byline("index")
    shell.byline("index", "--model", "given")
    assert shell.models.found == ["given", "given", "set", "given"]


def test_larger_files_are_skipped_as_the_settings_file_says(shell: Shell) -> None:
    shell.write("a.txt", ASKED)
    shell.write("b.txt", "It rained. " * 20)
    shell.set("max_bytes = 100")
    assert shell.byline("index", "news", "--json").json["articles"] == 1
    ran = shell.byline("index", "--json", "--max-bytes", "1000")
    assert ran.json["articles"] == 2
