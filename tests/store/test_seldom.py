from __future__ import annotations

from store.seldom import Seldom


class Work:
    """Work that takes so many seconds by its own clock."""

    def __init__(self, seconds: float) -> None:
        self.now, self.seconds, self.made = 0.0, seconds, 0

    def __call__(self) -> int:
        self.now += self.seconds
        self.made += 1
        return self.made


def test_what_is_quick_is_made_each_time() -> None:
    work = Work(0.1)
    kept = Seldom[int](clock=lambda: work.now)
    assert [kept.get("a", work) for _ in range(3)] == [1, 2, 3]


def test_what_takes_long_takes_under_a_hundredth_of_the_time() -> None:
    work = Work(2.0)
    kept = Seldom[int](clock=lambda: work.now)
    for _ in range(2000):
        kept.get("a", work)
        work.now += 1.0
    assert work.made * 2.0 / work.now < 0.01
    assert kept.get("b", work) == work.made  # another key is another answer
