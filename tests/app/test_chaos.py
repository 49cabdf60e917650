"""Everything breaks at once, and nothing that was acknowledged is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable

from tests.grounds.chaos import Chaos, OddAnswers, Plan
from tests.grounds.odd import Odd, in_pieces
from tests.grounds.postgresql import own_postgresql
from tests.grounds.service import RunningService

PEAK_MEGABYTES = 500


def test_under_all_accidents_at_once_nothing_acknowledged_is_lost_or_doubled(
    new_service: Callable[..., RunningService],
) -> None:
    with own_postgresql() as server, Odd(in_pieces(OddAnswers())) as model:
        service = new_service(database_url=server.database_url, GEMINI_BASE_URL=model.url, WORKERS=2)
        service.add_page()
        account = Chaos(service, server, Plan(seconds=20, rate=20, worker_kills=4)).run()
        service.stop()
    assert (account.lost, account.doubled, account.ratings_lost, account.set_aside) == (0, 0, 0, 0)
    assert account.unrecorded == 0
    assert account.outcomes["answered"] > 100
    assert len(account.ratings) > 20
    assert account.peak_megabytes < PEAK_MEGABYTES
