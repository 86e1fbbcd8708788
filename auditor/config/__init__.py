"""`auditor.toml` to Settings: one file a section, strict, and every value knows where it came from."""
