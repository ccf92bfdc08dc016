"""Says inside a PNG which transcript it is the picture of, so that a test sees a picture that was not made anew."""

from __future__ import annotations

import hashlib
import struct
import zlib

_KEY = b"transcript"
_HEAD = 8 + 25  # the signature and the first chunk, IHDR


def digest_of(transcript: str) -> str:
    """What stands for a transcript."""
    return hashlib.sha256(transcript.encode("utf-8")).hexdigest()[:16]


def stamp(image: bytes, transcript: str) -> bytes:
    """The PNG with a text chunk that names its transcript."""
    body = b"tEXt" + _KEY + b"\0" + digest_of(transcript).encode("ascii")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return image[:_HEAD] + chunk + image[_HEAD:]


def stamped(image: bytes) -> str:
    """The transcript that a PNG names; "" where it names none."""
    length, name = struct.unpack(">I4s", image[_HEAD : _HEAD + 8])
    body = image[_HEAD + 8 : _HEAD + 8 + length]
    return body.removeprefix(_KEY + b"\0").decode("ascii") if name == b"tEXt" and body.startswith(_KEY) else ""
