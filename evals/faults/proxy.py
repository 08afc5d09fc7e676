"""A proxy before PostgreSQL that cuts a connection in the middle of a COMMIT."""

from __future__ import annotations

import select
import socket
import threading
from pathlib import Path
from typing import Literal

Cut = Literal["before the server has it", "before the answer"]
CUTS: tuple[Cut, ...] = ("before the server has it", "before the answer")
COMMIT = b"COMMIT\x00"
CHUNK = 65536


class CuttingProxy:
    """Listens on loopback and passes on to the server's own socket, until the commit that it is told to cut.

    `cut_at` counts commits from now on; None lets all pass. `cuts` says how each of them was cut.
    """

    def __init__(self, server: Path) -> None:
        self._server = str(server)
        self._lock = threading.Lock()
        self._left: int | None = None
        self._how: Cut = CUTS[0]
        self.cuts: list[Cut] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listening.getsockname()[1])

    def cut(self, at: int, how: Cut) -> None:
        """Cut the `at`-th commit from now on, once."""
        with self._lock:
            self._left, self._how = at, how

    def leave_alone(self) -> None:
        """Cut nothing."""
        with self._lock:
            self._left = None

    def close(self) -> None:
        """Take no more connections."""
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._server)
            while True:
                for ready in select.select([client, server], [], [])[0]:
                    if not self._passed(ready, client, server):
                        return

    def _passed(self, ready: socket.socket, client: socket.socket, server: socket.socket) -> bool:
        """Pass on what came; False where the connection is over."""
        try:
            data = ready.recv(CHUNK)
            cut = self._due(data) if ready is client else None
            if not data or cut == "before the server has it":
                return False
            (server if ready is client else client).sendall(data)
            if cut == "before the answer":
                server.recv(CHUNK)  # the server has committed, and nobody hears of it
                return False
        except OSError:
            return False
        return True

    def _due(self, data: bytes) -> Cut | None:
        if COMMIT not in data:
            return None
        with self._lock:
            if self._left is None:
                return None
            self._left -= 1
            if self._left > 0:
                return None
            self._left = None
            self.cuts.append(self._how)
            return self._how
