"""The only place where rooms meet the engine: a plan goes in, a sealed Run comes out."""
