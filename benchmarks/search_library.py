"""A search library behind a pipe: one index, filled and asked by lines of JSON.

    .venv-searchers/bin/python benchmarks/search_library.py tantivy|bm25s

Each library takes titles and texts as they are, with its own way to cut words, and the question as words of
which any may match. Lines in: {"pages": [[id, text], ...]}, {"build": true}, {"ask": question, "most": n};
each is answered by one line, an ask by {"ranked": [ids], "cpu": seconds of this process}.
"""

import json
import sys
import time
from typing import Any, Protocol


class Library(Protocol):
    """What both can do; a page is (id, text)."""

    def add(self, pages: list[tuple[str, str]]) -> None:
        """Take pages in."""

    def build(self) -> None:
        """Make what was taken in searchable."""

    def ask(self, question: str, most: int) -> list[str]:
        """Return ids of pages, best first."""


class Tantivy:
    """BM25 (k1 1.2, b 0.75) over words, English stems, block-max WAND; in memory."""

    def __init__(self) -> None:
        import tantivy

        schema = tantivy.SchemaBuilder()
        schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        schema.add_text_field("text", tokenizer_name="en_stem", index_option="freq")
        self._index = tantivy.Index(schema.build())
        self._writer = self._index.writer(64_000_000, 1)
        self._document = tantivy.Document

    def add(self, pages: list[tuple[str, str]]) -> None:
        """Take pages in."""
        for name, text in pages:
            self._writer.add_document(self._document(id=name, text=text))

    def build(self) -> None:
        """Make what was taken in searchable."""
        self._writer.commit()
        self._index.reload()

    def ask(self, question: str, most: int) -> list[str]:
        """Return ids of pages, best first."""
        words = "".join(sign if sign.isalnum() else " " for sign in question)
        searcher = self._index.searcher()
        hits = searcher.search(self._index.parse_query(words, ["text"]), most, count=False).hits
        return [searcher.doc(address)["id"][0] for _, address in hits]


class Bm25s:
    """BM25 scores of every word and page, computed when it is built; built anew for new pages."""

    def __init__(self) -> None:
        import bm25s

        self._bm25s = bm25s
        self._ids: list[str] = []
        self._texts: list[str] = []
        self._index: Any = None

    def add(self, pages: list[tuple[str, str]]) -> None:
        """Take pages in."""
        self._ids += [name for name, _ in pages]
        self._texts += [text for _, text in pages]

    def build(self) -> None:
        """Make what was taken in searchable."""
        words = self._bm25s.tokenize(self._texts, stopwords="en", show_progress=False)
        self._index = self._bm25s.BM25(k1=1.2, b=0.75)
        self._index.index(words, show_progress=False)

    def ask(self, question: str, most: int) -> list[str]:
        """Return ids of pages, best first."""
        words = self._bm25s.tokenize([question], stopwords="en", return_ids=False, show_progress=False)
        rows, _ = self._index.retrieve(words, k=min(most, len(self._ids)), show_progress=False)
        return [self._ids[row] for row in rows[0]]


def _answer(library: Library, line: dict[str, Any]) -> dict[str, Any]:
    if "pages" in line:
        library.add(line["pages"])
        return {}
    if "build" in line:
        library.build()
        return {}
    began = time.process_time()
    ranked = library.ask(line["ask"], line["most"])
    return {"ranked": ranked, "cpu": time.process_time() - began}


def main() -> None:
    """Serve until the pipe is closed."""
    library: Library = Tantivy() if sys.argv[1] == "tantivy" else Bm25s()
    for line in sys.stdin:
        print(json.dumps(_answer(library, json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
