"""`[endpoints]`: what `auditor endpoints` looks at, and how gently."""

from typing import Annotated

from pydantic import Field

from auditor.config.section import Section


class EndpointsSettings(Section):
    """`[endpoints]`: inventories, the AE title we call ourselves by, and limits a host never sees exceeded.

    Times in seconds: `answer_seconds` for one connection, `endpoint_seconds` for all of one port,
    `pause_seconds` between two connections to a host.
    """

    inventories: tuple[str, ...] = ()
    calling_ae: Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[ !-\[\]-~]+$")] = "IMAGINGAUDITOR"
    connections_per_host: Annotated[int, Field(ge=1, le=64)] = 1
    ports_at_once: Annotated[int, Field(ge=1, le=256)] = 64
    pause_seconds: Annotated[float, Field(ge=0, le=60)] = 0.0
    answer_seconds: Annotated[float, Field(gt=0, le=120)] = 10.0
    endpoint_seconds: Annotated[float, Field(gt=0, le=3600)] = 120.0
