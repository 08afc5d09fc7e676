"""Memory that nobody uses any more goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys

from alignment.index import forget_draws
from store.kept import clear_kept


def give_back() -> None:
    """Empty the shelves of what was read, free what nobody refers to, and give the free pages of the C heap back.

    For the end of a stage: until the next one, maybe hours later, new contacts have made what was read old.
    glibc keeps what is freed below anything still in use, and once large blocks were freed it takes the next ones from
    the heap too: a training left 100 to 170 MB behind that way, of which no object was in use.
    """
    clear_kept()
    forget_draws()
    gc.collect()
    if sys.platform != "linux":
        return
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:  # musl has none, and needs none
        trim(0)
