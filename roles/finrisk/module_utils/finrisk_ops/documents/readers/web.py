"""Web pages: what a reader sees of them, their tables as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from . import web_table
from .reading import Reading, UnreadableError, library

if TYPE_CHECKING:
    from lxml.html import HtmlElement

SUFFIXES = (".html", ".htm", ".xhtml")

_UNSEEN = (
    "script",
    "style",
    "noscript",
    "template",
    "head",
    "title",
    "svg",
    "math",
    "object",
    "iframe",
    "ix:header",
)
_BLOCKS = frozenset(
    "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form h1 h2 "
    "h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul "
    "caption center".split()
)
_BREAK = re.compile(r"(?:page-)?break-(before|after)\s*:\s*(?:always|page)", re.IGNORECASE)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})",
    re.IGNORECASE,
)
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_HEAD_BYTES = 4096


def read(path: Path) -> Reading:
    """Return the text of a page, with a form feed where it asks for a new sheet of paper.

    Raises UnreadableError when nothing of it can be seen.
    """
    with library("lxml"):
        import lxml.etree
        import lxml.html
    parser = lxml.html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(decoded(path.read_bytes()).encode("utf-8"), parser=parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise UnreadableError(f"is not HTML that can be read ({error})") from None
    if fatal := [entry.message for entry in parser.error_log if entry.level_name == "FATAL"]:
        raise UnreadableError(f"is not HTML that can be read to its end ({fatal[0]})")
    title, text = _title(root), text_of(root)
    if not text.strip("\f\n "):
        raise UnreadableError(
            "shows no text; a page that a script fills has to be saved as the browser shows it"
        )
    return Reading(text, title)


def decoded(content: bytes) -> str:
    """Return the characters of a page: its byte order mark, then what it says of itself, then UTF-8, decides.

    A page that says nothing and is no UTF-8 is Windows' Western European, as browsers take it.
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    said = _CHARSET.search(content[:_HEAD_BYTES])
    encodings = [(said[1] or said[2]).decode("ascii")] if said else []
    for encoding in [*encodings, "utf-8"]:
        try:
            return content.decode(
                "cp1252" if encoding.lower() in ("iso-8859-1", "latin-1", "latin1", "us-ascii") else encoding
            )
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("cp1252", "replace")


def text_of(root: HtmlElement) -> str:
    """Return the text below an element: a paragraph a line, a heading behind marks, a table as Markdown."""
    return _joined(_pieces(root))


def _joined(pieces: Iterator[str]) -> str:
    """Return the lines of pieces: a line break is one, all other white space is one blank."""
    text = "".join(pieces)
    lines = (
        line if line.startswith("|") else re.sub(" {2,}", " ", line).strip(" ") for line in text.split("\n")
    )
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def _pieces(element: HtmlElement) -> Iterator[str]:
    """Yield the text of an element and what it holds, in order, without what follows it.

    The walk keeps its own stack: pages nest as deeply as they like.
    """
    stack: list[HtmlElement | str] = [element]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            yield item
            continue
        before, inner, after = _around(item)
        yield before
        if item is not element and item.tail:
            after += _blank(item.tail)
        stack.append(after)
        if inner is not None:
            stack.append(inner)
        else:
            stack.extend(reversed(item))
            stack.append(_blank(item.text or ""))


def _around(element: HtmlElement) -> tuple[str, str | None, str]:
    """Return what stands before an element, its inside when it is not walked, and what stands behind."""
    tag = element.tag if isinstance(element.tag, str) else ""
    style = element.get("style") or ""
    if not tag or tag in _UNSEEN or element.get("hidden") is not None or _HIDDEN.search(style):
        return "", "", ""
    sheet = {match[1].lower() for match in _BREAK.finditer(style)}
    before, after = ("\f" if "before" in sheet else ""), ("\f" if "after" in sheet else "")
    if tag == "br":
        return "", "", "\n"
    if tag == "table" and web_table.is_data(element):
        cells = web_table.cells(element, lambda cell: " ".join(text_of(cell).split()))
        caption = element.find("caption")
        above = f"\n{' '.join(text_of(caption).split())}\n" if caption is not None else "\n"
        return f"\n{before}{above}", cells, f"\n{after}\n"
    if tag in ("td", "th"):
        return "", None, "\n"
    if re.fullmatch("h[1-6]", tag):
        return f"\n\n{before}{'#' * int(tag[1])} ", _heading(element), f"\n{after}"
    if tag == "li":
        return f"\n{before}- ", None, f"\n{after}"
    if tag in _BLOCKS:
        return f"\n{before}", None, f"\n{after}"
    return before, None, after


def _heading(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


def _blank(text: str) -> str:
    """Return text with each white space as a blank; soft hyphens and zero-width marks are none of it."""
    return re.sub(r"[\s\xa0\u202f\u2009]+", " ", text.replace("\xad", "").replace("\u200b", ""))


def _title(root: HtmlElement) -> str | None:
    for path in (".//title", ".//h1"):
        element = root.find(path)
        if element is not None and (title := _heading(element)):
            return title
    return None
