import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.articles.boilerplate import MAX_LENGTH, is_boilerplate, normalised, repeated

BOILERPLATE = """\
Share
Share on Facebook
Share this story: Facebook, Twitter, WhatsApp
Facebook Twitter WhatsApp Email
12 Comments
Print | Email | Share
Home > World > Europe
News » Business
Follow us on Twitter @thepaper
Like us on Facebook
Click here to subscribe
Click to share on Telegram
Please sign up for our alerts
Please select a region
Subscribe to our paper today
Get the day's news in your inbox every morning.
Try our free newsletter
Thank you for subscribing!
We use cookies to improve your visit.
This site stores essential cookies. See our privacy policy.
Accept all cookies
Story continues below
Advertisement
- ADVERTISEMENT -
Sponsored content
Image credit: Ann Smith
Photo: Reuters
File photo: the port in 2009
A crane in the port. [Photo: Ann Smith]
(Photo by Ann Smith)
The harbour at dawn / AFP
A crane lifts the last block (AP Photo)
Source: Reuters, AP
© 2011 The Paper
Copyright 2011 The Paper. All rights reserved.
This material may not be published, broadcast or rewritten.
This article was first published in The Paper.
Comments are closed.
Leave a comment
Be the first to comment
Spotted a mistake? Write to us.
Tags: ports, trade
5 min read
3 hours ago
Please enable JavaScript to see this page.
Related stories
Related:
Most read
You may also like
Read more: Port to be closed
Read more about the port
See also: The old mill
More from Europe
To unsubscribe, use the link below.
* * *
-----
""".splitlines()

SENTENCES = """\
Like us, the Romans built roads.
Most popular of all was the lion.
The talks failed, he said. (Reuters)
Comments have been mixed so far.
Read more slowly, the teacher said, and you will see.
Share prices fell on Monday.
Related firms paid nothing.
Follow the money, she told them.
Home is where he wanted to be.
Next year the port will close.
Print workers went on strike.
The Associated Press was founded in 1846.
He was a photographer for Getty Images until 2003.
Photos of the port were shown in court.
Tags were found on both birds.
Copyright law was changed in 1911.
More than 300 people came.
“Please sign here,” the clerk said.
The company uses cooking oil as fuel.
Our readers know that the bridge is old.
This article of the treaty is void.
The 12 comments that he made were read out in court.
Top officials met in Lisbon.
Watch makers in Geneva had a good year.
Our cookies won the first prize at the fair.
People use cookies as currency here.
Comments are closed after ten, said the landlord of the Crown.
It is one of the oldest mailing lists in the county.
""".splitlines()


@pytest.mark.parametrize("line", BOILERPLATE)
def test_boilerplate_is_recognised(line: str) -> None:
    assert is_boilerplate(normalised(line))


@pytest.mark.parametrize("line", SENTENCES)
def test_a_sentence_that_begins_like_boilerplate_is_not_boilerplate(line: str) -> None:
    assert not is_boilerplate(normalised(line))


def test_a_long_paragraph_is_boilerplate_only_if_it_is_worded_as_a_notice() -> None:
    long = "Photo: " + "the old port and its cranes " * 8
    assert len(long) > 200
    assert not is_boilerplate(normalised(long))
    assert is_boilerplate(normalised(long + "and how to unsubscribe from it"))


def test_a_paragraph_over_the_limit_is_neither_normalised_nor_boilerplate() -> None:
    long = "The port is old; here is how to unsubscribe from it. " * 80
    assert len(long) > MAX_LENGTH
    assert normalised(long) is long
    assert not is_boilerplate(long)
    assert is_boilerplate("-_ " * MAX_LENGTH)


def test_a_headline_repeated_at_the_top_is_a_repeat_both_times() -> None:
    body = [f"Sentence number {i} of the body." for i in range(30)]
    assert repeated(["Port to close", *body, "Port to close", "It is old."]) == {0, 31}


def test_a_caption_repeated_nearby_is_a_repeat_both_times() -> None:
    body = [f"Sentence number {i} of the body." for i in range(20)]
    caption = "The port seen from the hill"
    assert repeated([*body, caption, "It closed.", "It was old.", caption]) == {20, 23}


def test_a_sentence_repeated_far_below_is_text_once() -> None:
    body = [f"Sentence number {i} of the body." for i in range(20)]
    assert repeated([*body, "It is old.", *"abcd", "It is old."]) == {25}


def test_a_repeated_long_paragraph_is_text_once() -> None:
    long = "The port is old and its cranes are older. " * 6
    assert repeated([long, long, long]) == {1, 2}


def test_repeats_are_recognised_despite_typography_and_white_space() -> None:
    lines = ["It’s\u00a0the port", "Other.", "  It's  the port "]
    assert repeated([normalised(line) for line in lines]) == {0, 2}
    assert normalised("**The  “ﬁrst”**") == "The “first”"


@given(st.lists(st.sampled_from(["a", "b", "It is old.", "Share"]), max_size=12))
def test_every_copy_of_a_paragraph_but_the_first_is_a_repeat(plain: list[str]) -> None:
    found = repeated(plain)
    for index, text in enumerate(plain):
        if text in plain[:index]:
            assert index in found
        else:
            assert index not in found or plain.count(text) > 1


@pytest.mark.parametrize("char", ["a ", "share ", "(", " /", "x>", "photo: ", "- - ", "\u00a9"])
def test_hostile_lines_take_no_excessive_time(char: str) -> None:
    is_boilerplate(normalised(char * (200 // len(char))))
    is_boilerplate(normalised(char * 50_000))


def test_a_repeated_sentence_is_text_once_and_a_repeated_headline_never() -> None:
    sentences = [
        "The harbour opened on Monday.",
        "Ada Quill cut the ribbon.",
        "The harbour opened on Monday.",
    ]
    assert repeated(sentences) == {2}
    assert repeated(["Harbour opens on Monday", "Harbour opens on Monday", "It rained."]) == {0, 1}
