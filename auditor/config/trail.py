"""`[trail]`: what `auditor trail` looks at."""

from auditor.config.section import Section


class TrailSettings(Section):
    """`[trail]`: audit logs and the context that explains them."""

    logs: tuple[str, ...] = ()
    context: str = ""
