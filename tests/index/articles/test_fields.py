from hypothesis import given
from hypothesis import strategies as st

from index.articles.fields import MAX_FIELDS, Field, fields_of
from index.articles.front_matter import front_matter


def stated(text: str, *lines: str) -> list[tuple[str, str]]:
    """The fields of front matter, and of lines above a text."""
    facts = front_matter(text.split("\n")).fields
    return [(field.name, field.value) for field in fields_of(facts, lines)]


def test_each_entry_of_a_list_is_a_value() -> None:
    yaml = '---\ntags: [Harbour, "Trade, foreign"]\nauthors:\n  - Ada  QUILL\n  - name: Nils\n---'
    assert stated(yaml) == [
        ("tags", "harbour"), ("tags", "trade, foreign"), ("tags", "trade"), ("tags", "foreign"),
        ("author", "ada quill"), ("author", "nils"),
    ]  # fmt: skip


def test_a_list_on_one_line_counts_as_a_whole_and_by_its_parts() -> None:
    assert stated("---\nby: Quill, Ada and Nils Berg\nmood: sad, but so\n---") == [
        ("author", "quill, ada and nils berg"), ("author", "quill"), ("author", "ada"),
        ("author", "nils berg"), ("mood", "sad, but so"),
    ]  # fmt: skip


def test_lines_above_the_text_have_an_author_and_named_values() -> None:
    lines = ("By Ada Quill", "**Section:** World", "A headline", "Source - wire", "12:30 today")
    assert stated("", *lines) == [("author", "ada quill"), ("section", "world")]


def test_names_that_mean_the_same_are_one_field() -> None:
    assert Field("Keywords", "STRASSE").compared == Field("tag", "Straße").compared
    assert Field("Issue Date", "x").compared.name == "issue_date"


def test_there_is_a_limit_to_what_is_kept() -> None:
    facts = [Field(f"n{number}", "y" * 5_000) for number in range(1_000)]
    kept = fields_of(facts, ())
    assert len(kept) == MAX_FIELDS
    assert {len(field.value) for field in kept} == {200}


@given(st.text(max_size=20), st.text(max_size=20))
def test_what_is_stored_is_what_a_filter_compares(name: str, value: str) -> None:
    for field in fields_of([Field(name, value)], ()):
        assert field.compared == field
