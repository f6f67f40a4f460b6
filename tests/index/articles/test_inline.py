import pytest

from index.articles.blocks import words_as_read
from index.articles.inline import inline_edits, is_dense
from index.articles.spans import Span


def read(text: str) -> str:
    return words_as_read(text, inline_edits(text, Span(0, len(text)), is_markdown=True))


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("a **bold** and *thin* _word_", "a bold and thin word"),
        ("[Lady Croft](people/croft.md) came", "Lady Croft came"),
        ("**[Lady Croft](a.md)**, who", "Lady Croft, who"),
        ("[[Nils Falk|Nils]] and [[Ada]]", "Nils and Ada"),
        ("![[plan.png|300]] here", " here"),
        ("![the plan](plan.png)", "the plan"),
        ("dug in 1799[^dig] by", "dug in 1799 by"),
        ("set `A_B=0` in `x*y*z`", "set A_B=0 in x*y*z"),
        ("~~sold~~ ==kept==", "sold kept"),
        ("<b>who</b> <https://a.b/c>", "who https://a.b/c"),
        ("seen %%not this%% and <!-- nor\nthis --> it", "seen  and  it"),
        ("\\[00:12\\] \\*", "[00:12] *"),
        ("Kemp &amp; Sons&nbsp;Ltd", "Kemp & Sons\xa0Ltd"),
        ("2 * 3 * 4, snake_case_name, a == b", "2 * 3 * 4, snake_case_name, a == b"),
        ("a [b] (c) [d", "a [b] (c) [d"),
    ],
)
def test_marks_are_not_read(written: str, said: str) -> None:
    assert read(written) == said


def test_a_large_text_of_marks_is_dense() -> None:
    assert is_dense("*" * 100_000)
    assert is_dense("[a](b) " * 10_000)
    assert not is_dense("[a](b)" * 100)
    assert not is_dense(
        "The port is **closed**, and nobody in the town has the money to dig it all out. " * 2_000
    )
