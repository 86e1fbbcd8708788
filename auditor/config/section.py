"""What all sections of `auditor.toml` have in common: frozen, and no unknown keys."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """One table of `auditor.toml`. Immutable; an unknown key is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)
