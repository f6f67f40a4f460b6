from eval.bench.articles import makings, time_reading


def test_a_file_of_every_making_is_read() -> None:
    made = dict(makings(1_500))
    assert all(1_000 < len(data) < 2_000 for data in made.values())
    timed = [time_reading(name, data) for name, data in made.items()]
    assert [one.name for one in timed if not one.passages] == ["spaces.txt"]
    assert all(one.seconds >= 0 for one in timed)
