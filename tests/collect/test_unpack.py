"""Packed bodies, whole, in parts, cut, and followed by something: what comes out is what was packed."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.collect.unpack import PIECE_BYTES, UnpackError, unpacker

Pack = Callable[[bytes], bytes]


def raw_deflate(body: bytes) -> bytes:
    """Pack without the header, as some servers do."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKED: dict[str, tuple[str, Pack]] = {
    "gzip": ("gzip", gzip.compress),
    "gzip in two parts": ("gzip", lambda body: gzip.compress(body[:9]) + gzip.compress(body[9:])),
    "deflate": ("deflate", zlib.compress),
    "deflate without header": ("deflate", raw_deflate),
    "brotli": ("br", brotli.compress),
}


def unpack(encoding: str, packed: bytes, at_once: int) -> tuple[bytes, bool]:
    """Unpack as the fetcher does, so many bytes at once."""
    packer, plain = unpacker(encoding), b""
    assert packer is not None
    for start in range(0, len(packed), at_once):
        piece = packer.take(packed[start : start + at_once])
        while piece:
            assert len(piece) <= 2 * PIECE_BYTES
            plain += piece
            piece = packer.take(b"")
    return plain, packer.is_whole()


@pytest.mark.parametrize("name", PACKED)
@given(body=st.binary(max_size=2_000), at_once=st.integers(1, 700), times=st.sampled_from([1, 300]))
def test_what_was_packed_comes_out_whole(name: str, body: bytes, at_once: int, times: int) -> None:
    """In whatever pieces it comes from the network."""
    encoding, pack = PACKED[name]
    assert unpack(encoding, pack(body * times), at_once) == (body * times, True)


@pytest.mark.parametrize("name", PACKED)
@given(cut=st.integers(1, 60))
def test_what_is_cut_is_not_whole(name: str, cut: int) -> None:
    """A feed of which the end is missing has lost its oldest entries, and nobody would know."""
    encoding, pack = PACKED[name]
    packed = pack(bytes(range(256)))
    if name != "gzip in two parts" or cut < 20:
        assert not unpack(encoding, packed[:-cut], 100)[1]


def test_what_follows_the_end_is_left_out() -> None:
    """Browsers do so too; thousands of empty parts are no reason to end up too deep."""
    assert unpack("gzip", gzip.compress(b"whole") + b"\0" * 500, 100) == (b"whole", True)
    assert unpack("deflate", zlib.compress(b"whole") + b"more", 100) == (b"whole", True)
    assert unpack("gzip", gzip.compress(b"") * 5_000 + gzip.compress(b"whole"), PIECE_BYTES) == (b"whole", True)
    assert unpack("gzip", b"", 1) == unpack("br", b"", 1) == (b"", True)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_what_is_packed_otherwise_is_refused(encoding: str) -> None:
    """The server says gzip and sends text."""
    with pytest.raises(UnpackError):
        unpack(encoding, b"<html>not packed at all</html>" * 9, 1_000)


@pytest.mark.parametrize("encoding", ["zstd", "compress", "gzip, br", "rot13"])
def test_what_nothing_here_unpacks_has_no_unpacker(encoding: str) -> None:
    """It was not asked for."""
    assert unpacker(encoding) is None
