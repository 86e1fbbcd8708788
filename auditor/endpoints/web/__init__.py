"""HTTP by hand, within bounds: status, a few headers and the shape of the body; no body is kept."""
