from pathlib import Path

import pytest

from eval.measure.followups import written_out
from qa.training.news import News

DEV = Path(__file__).parents[4] / "shared" / "data" / "news" / "dev"


@pytest.mark.skipif(not DEV.is_dir(), reason="needs the development news")
def test_every_written_out_turn_is_a_later_turn_of_a_conversation() -> None:
    later = {
        (conversation.id, number): turn.question
        for conversation in News(DEV).conversations
        for number, turn in enumerate(conversation.turns)
        if number
    }
    written = written_out()
    assert len(written) >= 100
    for one in written:
        assert one.question != later[one.conversation, one.turn]
    assert len({(one.conversation, one.turn) for one in written}) == len(written)
