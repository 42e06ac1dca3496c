"""The page of witnesses: who was asked, what each has cosigned, what was wrong."""

from __future__ import annotations

from tests.web.readers import reader
from tests.witness.conftest import Third
from tests.witness.test_witness import say


def test_what_a_witness_cosigned_stands_on_the_page(third: Third) -> None:
    desk = third.desk(third.desks.left)
    say(third)
    with reader(desk, "lena") as client:
        before = client.get("/witnesses").text
        third.submit(third.desks.left)
        after = client.get("/witnesses").text
    name = third.witness.name
    assert name in before
    assert "never" in before
    assert f'href="/record/{third.desks.channel_id.hex()}"' in after
    assert after.count(f">{name}</bdi>") >= 2
    assert after.count("never") < before.count("never")
    with reader(desk, "carla") as client:
        own = client.get("/witnesses")
    assert own.status_code == 200
    assert "What they have cosigned is for whoever reads the logs." in own.text
