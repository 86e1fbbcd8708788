"""DICOM associations by hand: negotiated, looked at, and released; nothing is ever stored, moved or deleted."""
