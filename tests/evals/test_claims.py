from __future__ import annotations

import threading

from evals.claims import Reads, claims_bench, claims_text


class Shelf:
    """A desk in memory; `broken` hands everything to everybody."""

    def __init__(self, items: int, *, broken: bool = False) -> None:
        self.waiting = [f"i{n}" for n in range(items)]
        self.reads: dict[str, int] = dict.fromkeys(self.waiting, 0)
        self.broken, self.lock = broken, threading.Lock()

    def claim(self, by: str) -> str | None:
        with self.lock:
            if not self.waiting:
                return None
            return self.waiting[0] if self.broken else self.waiting.pop(0)

    def decide(self, item: str, by: str, *, wrong: bool) -> None:
        with self.lock:
            self.reads[item] += 1
            if item in self.waiting and self.reads[item] > 1:
                self.waiting.remove(item)

    def left(self) -> int:
        return len(self.waiting)

    def audit(self) -> dict[str, Reads]:
        return {item: Reads(reads, 1, done=reads > 0) for item, reads in self.reads.items()}


def test_a_queue_that_keeps_its_word_passes() -> None:
    found = claims_bench(Shelf(40), claimers=4, say=lambda _line: None)
    assert (found["decisions"], found["decided_twice"], found["lost"], found["held_twice"]) == (40, 0, 0, 0)
    assert "40 items" in claims_text({"memory": found})


def test_a_queue_that_hands_out_twice_is_caught() -> None:
    found = claims_bench(Shelf(10, broken=True), claimers=2, say=lambda _line: None)
    assert found["decided_twice"] == 10
