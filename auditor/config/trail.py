"""`[trail]`: what `auditor trail` looks at."""

from pydantic import Field

from auditor.config.section import Section


class TrailTable(Section):
    """`[[trail.tables]]`: how one kind of log table is read; `auditor trail map FILE` proposes an entry.

    `files` is a glob over names below the log folder, with the folder's own name or without. `columns` gives their
    column for ours, `c1`, `c2` being those of a table without a header by their places; `values` gives our word for
    theirs, by column. `format` is a strptime pattern, `epoch`, `epoch_ms`, `epoch_us`, `epoch_ns`, `serial` (days as
    spreadsheets count them) or empty for ISO 8601; `zone` is the IANA zone of times without offset.
    """

    files: str
    columns: dict[str, str]
    separator: str = ","
    encoding: str = "utf-8"
    format: str = ""
    zone: str = ""
    values: dict[str, dict[str, str]] = Field(default_factory=dict)


class TrailSettings(Section):
    """`[trail]`: audit logs and the context that explains them.

    `zone` is the hospital's own time zone (IANA), for working hours and for logs without one; empty takes what the
    context's table of sources says most often. `context_columns` names, by context table, their column for ours.
    `history` is where what was read is remembered, for the comparison with the next run; empty remembers nothing.
    """

    logs: tuple[str, ...] = ()
    context: str = ""
    zone: str = ""
    tables: tuple[TrailTable, ...] = ()
    context_columns: dict[str, dict[str, str]] = Field(default_factory=dict)
    history: str = ""
