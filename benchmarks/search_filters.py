"""Filters to search with: of a company, of a year, and of labels that hide some documents, or nearly all."""

from benchmarks.searchers import Connection, Filter

LABEL = "desk: equities"

FILTERS = {
    0: {"no filter": Filter(), "company": Filter(company=True), "year": Filter(year=True)},
    100: {"1/10 hidden": Filter(), "none hidden": Filter(labels=(LABEL,))},
    900: {"9/10 hidden": Filter()},
    999: {"all but 1/1000": Filter()},
}
"""By how many of a thousand documents have a label."""


def label(connection: Connection, thousandths: int) -> None:
    """Give so many of a thousand documents the label, and none of those that answer the questions."""
    connection.execute(
        """update documents set labels = given.labels from (
               select id, case when id not like 'firm-0/%%' and abs(hashtext(id)) %% 1000 < %s
                          then array[%s] else '{}' end as labels from documents) given
           where given.id = documents.id and given.labels <> documents.labels""",
        (thousandths, LABEL),
    )
    connection.execute("vacuum analyze documents")
