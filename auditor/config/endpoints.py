"""`[endpoints]`: what `auditor endpoints` looks at."""

from auditor.config.section import Section


class EndpointsSettings(Section):
    """`[endpoints]`: inventories of ports and configuration files."""

    inventories: tuple[str, ...] = ()
