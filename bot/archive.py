"""Keeps the packets of reviews in a folder: the JSON, its SHA-256, and a page to read."""

import asyncio
from pathlib import Path

from bot.render.review import review_page


class FolderArchive:
    """Writes packets into a folder.

    Args:
        folder: Made when it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, reference: str, packet: str, sha256: str) -> None:
        """Write `E-1-review.json`, `.json.sha256` (as sha256sum checks it) and `.html`."""
        await asyncio.to_thread(self._write, reference, packet, sha256)

    def _write(self, reference: str, packet: str, sha256: str) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{reference}-review.json"
        (self._folder / name).write_bytes(packet.encode())
        (self._folder / f"{name}.sha256").write_text(f"{sha256}  {name}\n")
        (self._folder / f"{reference}-review.html").write_text(review_page(packet, sha256), encoding="utf-8")
