"""Packed bytes → plain bytes, piece by piece: what a server compressed, whole or not at all."""

from __future__ import annotations

import zlib
from typing import Protocol

import brotli  # type: ignore[import-untyped]  # it ships no types

PIECE_BYTES = 64 * 1024  # unpacked in one go: a bomb costs no more memory before the caller looks
GZIP_BEGINS = b"\x1f\x8b"

_GZIP, _ZLIB, _RAW_DEFLATE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS
_ZLIB_METHOD = 8  # in the lower half of the first byte; some servers leave the whole header out


class UnpackError(Exception):
    """The bytes are not packed as the server says."""


class Unpacker(Protocol):
    """What turns packed bytes into plain ones."""

    def take(self, packed: bytes) -> bytes:
        """Return up to about PIECE_BYTES more; ask again with b"" until nothing comes. Raises UnpackError."""
        ...

    def is_whole(self) -> bool:
        """Tell whether the end of the packed bytes has come. aiohttp takes half a gzip body for a whole one."""
        ...


class Plain:
    """Bytes that are not packed: the length that HTTP announces says whether they are whole."""

    def take(self, packed: bytes) -> bytes:
        """Return the bytes."""
        return packed

    def is_whole(self) -> bool:
        """Leave that to HTTP."""
        return True


class Deflated:
    """gzip, of one part or several, and deflate, with its header or without."""

    def __init__(self, *, is_gzip: bool) -> None:
        self._is_gzip = is_gzip
        self._left = b""
        self._part: zlib._Decompress | None = None

    def take(self, packed: bytes) -> bytes:
        """Unpack; what follows the end and is no further part is left out, as browsers do."""
        self._left += packed
        # With no bytes left too: zlib may hold back what did not fit into the last piece.
        plain = self._more(self._part) if self._part and not self._part.eof else b""
        while self._left and not plain and self._next_part_begins():
            self._part = zlib.decompressobj(self._window())
            plain = self._more(self._part)
        return plain

    def _next_part_begins(self) -> bool:
        if self._part is None or not self._part.eof:
            return self._part is None
        if not self._is_gzip or not self._left.startswith(GZIP_BEGINS[: len(self._left)]):
            self._left = b""
        return len(self._left) >= len(GZIP_BEGINS)

    def _more(self, part: zlib._Decompress) -> bytes:
        try:
            plain = part.decompress(self._left, PIECE_BYTES)
        except zlib.error as error:
            raise UnpackError(str(error)) from error
        self._left = part.unused_data or part.unconsumed_tail
        return plain

    def is_whole(self) -> bool:
        """Nothing at all is whole too: an empty body is often announced as packed."""
        return self._part is None or self._part.eof

    def _window(self) -> int:
        if self._is_gzip:
            return _GZIP
        return _ZLIB if self._left[0] & 0xF == _ZLIB_METHOD else _RAW_DEFLATE


class Brotli:
    """Brotli."""

    def __init__(self) -> None:
        self._decompressor = brotli.Decompressor()
        self._left = b""
        self._began = False

    def take(self, packed: bytes) -> bytes:
        """Unpack."""
        self._left += packed
        self._began = self._began or bool(self._left)
        if self._decompressor.is_finished():
            return b""
        given, self._left = (self._left, b"") if self._decompressor.can_accept_more_data() else (b"", self._left)
        try:
            plain: bytes = self._decompressor.process(given, output_buffer_limit=PIECE_BYTES)
        except brotli.error as error:
            raise UnpackError(str(error)) from error
        return plain

    def is_whole(self) -> bool:
        """Nothing at all is whole too."""
        return not self._began or bool(self._decompressor.is_finished())


def unpacker(encoding: str) -> Unpacker | None:
    """Return what unpacks a Content-Encoding, in small letters; None if nothing here does."""
    match encoding:
        case "" | "identity":
            return Plain()
        case "gzip" | "x-gzip":
            return Deflated(is_gzip=True)
        case "deflate":
            return Deflated(is_gzip=False)
        case "br":
            return Brotli()
        case _:
            return None
