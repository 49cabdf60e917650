"""A limit in bytes on a model's answer: one that does not end is cut, and costs no memory until then."""

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
