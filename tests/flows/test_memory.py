from __future__ import annotations

import subprocess
import sys
import weakref

import pytest

from flows import memory
from flows.memory import give_back
from store.kept import Kept

HELD_AND_GIVEN_BACK = """
from evals.growth import held
from flows.memory import give_back

block = 100_000  # below what glibc takes from the system as a piece of its own
blocks = [bytearray(block) for _ in range(1000)]
pin = bytearray(block)
del blocks
before = held(1, connections=0).memory_mb
give_back()
print(before - held(1, connections=0).memory_mb)
"""


class Ring:
    def __init__(self) -> None:
        self.itself = self


def test_what_only_refers_to_itself_is_freed() -> None:
    ring = weakref.ref(Ring())
    give_back()
    assert ring() is None


def test_what_was_kept_for_the_next_reader_goes_too() -> None:
    shelf: Kept[int] = Kept(2)
    shelf.get("a", lambda: 1)
    give_back()
    assert shelf.peek("a") is None
    assert shelf.get("a", lambda: 2) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="the call is glibc's")
def test_what_was_freed_below_something_in_use_goes_back_to_the_system() -> None:
    run = subprocess.run([sys.executable, "-c", HELD_AND_GIVEN_BACK], capture_output=True, text=True, check=True)
    assert float(run.stdout) > 80


def test_a_system_without_such_a_call_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory.sys, "platform", "darwin")
    ring = weakref.ref(Ring())
    give_back()
    assert ring() is None
