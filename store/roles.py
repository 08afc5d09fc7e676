"""What a key or a login may be good for."""

from __future__ import annotations

from typing import Literal, get_args

Role = Literal["leader", "analyst", "service", "admin"]
"""leader reads; analyst also reviews and reads transcripts; service also ingests and runs; admin may everything."""

ROLES: tuple[Role, ...] = get_args(Role)
