"""What is kept, and that nothing is made twice at once."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.web.conftest import Connect
from tests.web.country import FakeEngine, fake_render
from tileserver.web.cache import ENTRY_BYTES, BoundedCache, Flights

TILE = "/tiles/ti/5/15/11.mvt"


@given(
    st.integers(0, 20 * ENTRY_BYTES),
    st.lists(st.tuples(st.booleans(), st.integers(0, 9), st.integers(0, 3 * ENTRY_BYTES))),
)
def test_a_bounded_cache_is_a_bounded_list_in_order_of_use(
    capacity: int, steps: list[tuple[bool, int, int]]
) -> None:
    """Against the slow obvious one: a list of (key, value, size), last used last."""
    cache: BoundedCache[int, int] = BoundedCache(capacity)
    plain: list[tuple[int, int, int]] = []
    for number, (is_put, key, size) in enumerate(steps):
        held = next((item for item in plain if item[0] == key), None)
        if is_put:
            cache.put(key, number, size)
            if (size + ENTRY_BYTES) * 8 <= capacity:
                plain = [item for item in plain if item[0] != key] + [(key, number, size + ENTRY_BYTES)]
                while sum(item[2] for item in plain) > capacity:
                    del plain[0]
        else:
            assert cache.get(key) == (held[1] if held else None)
            plain = [item for item in plain if item[0] != key] + ([held] if held else [])
        assert cache.bytes == sum(item[2] for item in plain) <= capacity
        assert len(cache) == len(plain)


def test_a_flight_lands_once_for_all_who_wait_and_is_forgotten() -> None:
    made = []

    async def make() -> int:
        await asyncio.sleep(0.01)
        made.append(1)
        return len(made)

    async def ask() -> list[int]:
        flights: Flights[str, int] = Flights()
        first = await asyncio.gather(*(flights.join("a", make) for _ in range(50)))
        assert "a" not in flights
        return [*first, await flights.join("a", make)]

    assert asyncio.run(ask()) == [1] * 50 + [2]


def test_a_failed_flight_is_told_to_all_and_kept_for_nobody() -> None:
    async def fail() -> int:
        await asyncio.sleep(0.01)
        raise ValueError("no")

    async def succeed() -> int:
        return 7

    async def ask() -> int:
        flights: Flights[str, int] = Flights()
        told = await asyncio.gather(*(flights.join("a", fail) for _ in range(5)), return_exceptions=True)
        assert [str(error) for error in told] == ["no"] * 5
        return await flights.join("a", succeed)

    assert asyncio.run(ask()) == 7


def test_who_stops_waiting_stops_no_one_elses_work() -> None:
    async def make() -> int:
        await asyncio.sleep(0.05)
        return 7

    async def ask() -> int:
        flights: Flights[str, int] = Flights()
        first = asyncio.create_task(flights.join("a", make))
        second = asyncio.create_task(flights.join("a", make))
        await asyncio.sleep(0.01)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        return await second

    assert asyncio.run(ask()) == 7


class Slow:
    """A renderer that takes a while, and counts."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.count = 0
        self.fails = False

    def __call__(self, *arguments: object) -> bytes:
        self.count += 1
        time.sleep(self.seconds)
        if self.fails:
            raise ZeroDivisionError
        return fake_render(*arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("cache_mb", [0, 64])
def test_fifty_who_ask_at_once_are_served_by_one_rendering(connect: Connect, cache_mb: int) -> None:
    slow = Slow(0.5)
    client = connect(FakeEngine(render=slow), cache_mb=cache_mb)
    together = threading.Barrier(50)

    def ask(_: int) -> bytes:
        together.wait()
        return client.get(TILE).content

    with ThreadPoolExecutor(50) as pool:
        answers = set(pool.map(ask, range(50)))
    assert len(answers) == 1
    assert slow.count == 1
    assert client.get(TILE).status_code == 200
    assert slow.count == (1 if cache_mb else 2)
    counted = client.get("/metrics").text
    assert 'tileserver_cache_requests_total{result="shared"} 49.0' in counted
    assert ('tileserver_cache_requests_total{result="hit"} 1.0' in counted) is bool(cache_mb)


def test_an_error_is_not_kept(connect: Connect) -> None:
    slow = Slow(0)
    slow.fails = True
    client = connect(FakeEngine(render=slow))
    # The server hangs up after a bug; a connection that the client kept would be found dead.
    assert client.get(TILE, headers={"Connection": "close"}).status_code == 500
    slow.fails = False
    assert client.get(TILE).status_code == 200


def test_a_heavy_tile_holds_nobody_up(connect: Connect) -> None:
    """It is rendered in a thread, while light ones are answered."""
    heavy = threading.Event()

    def render(layer: object, z: int, *rest: object) -> bytes:
        if z == 5:
            heavy.wait(20)
        return fake_render(layer, z, *rest)  # type: ignore[arg-type]

    client = connect(FakeEngine(render=render))
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(client.get, TILE)
        time.sleep(0.1)
        light = [client.get(f"/tiles/ti/9/{x}/180.mvt").status_code for x in range(250, 260)]
        assert not asked.done()
        heavy.set()
        assert asked.result().status_code == 200
    assert light == [200] * 10
