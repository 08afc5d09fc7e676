"""The few files that pages need, served under names that change with their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.access import anybody

FOLDER = Path(__file__).parent / "static"
MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
router = APIRouter(include_in_schema=False, dependencies=[anybody()])


@dataclass(frozen=True)
class Asset:
    """A file's bytes under the name that a page links to, such as `headway.1a2b3c4d5e.css`."""

    name: str
    content: bytes
    media_type: str


@cache
def assets() -> dict[str, Asset]:
    """Every asset by its plain file name. Read once: a file changes only with a new version of Headway."""
    found = {}
    for path in sorted(FOLDER.iterdir()):
        if path.suffix in MEDIA_TYPES:
            content = path.read_bytes()
            digest = hashlib.sha256(content).hexdigest()[:10]
            found[path.name] = Asset(f"{path.stem}.{digest}{path.suffix}", content, MEDIA_TYPES[path.suffix])
    return found


def asset_url(name: str) -> str:
    """The address of an asset by its plain file name."""
    return f"/static/{assets()[name].name}"


@router.get("/static/{name}")
def static(name: str) -> Response:
    """One asset; its name holds its hash, so it may be kept for ever."""
    asset = next((asset for asset in assets().values() if asset.name == name), None)
    if asset is None:
        raise HTTPException(404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(asset.content, media_type=asset.media_type, headers=headers)
