"""A limit in bytes on a model's answer: one that does not end is cut, and costs no memory until then."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx2

_BYTES_A_TOKEN = 16
"""Of text. A token is about four characters, of at most four bytes each; long blanks and rules are fewer."""

_LEAST_TEXT_BYTES = 64 * 1024

_WIRE_BYTES_A_TOKEN = 1024
"""What is sent for it, where each comes in a chunk of its own: the envelope of a chunk, with usage, safety
ratings and ids in indented JSON. A thought's tokens count like those of the text."""

_LEAST_WIRE_BYTES = 1024 * 1024


class TooLongError(Exception):
    """The body of an answer is longer than any answer can be."""


def text_bytes(max_output_tokens: int) -> int:
    """The most bytes of text (UTF-8) that an answer of so many tokens can have."""
    return max(_LEAST_TEXT_BYTES, _BYTES_A_TOKEN * max_output_tokens)


def wire_bytes(max_output_tokens: int) -> int:
    """The most bytes that such an answer can take on the wire, and as many once they are decompressed."""
    return max(_LEAST_WIRE_BYTES, _WIRE_BYTES_A_TOKEN * max_output_tokens)


def hook(most: int) -> Callable[["httpx2.Response"], None]:
    """A response hook for an httpx2 client: TooLongError for a body of more than ``most`` bytes.

    Counted are the bytes that come in and those they decompress to: either may go on for ever alone.
    """

    def bound(response: "httpx2.Response") -> None:
        # every way to read a response goes through these two
        response.iter_raw = _bounded(response.iter_raw, most)  # type: ignore[method-assign]  # no hook of httpx2 is lower
        response.iter_bytes = _bounded(response.iter_bytes, most)  # type: ignore[method-assign]  # as above

    return bound


def _bounded(read: Callable[..., Iterator[bytes]], most: int) -> Callable[..., Iterator[bytes]]:
    def reading(chunk_size: int | None = None) -> Iterator[bytes]:
        left = most
        pieces = read(chunk_size)
        try:
            for piece in pieces:
                left -= len(piece)
                if left < 0:
                    raise TooLongError(f"the answer has more than {most:,} bytes")
                yield piece
        finally:
            pieces.close()  # type: ignore[attr-defined]  # it is a generator

    return reading
