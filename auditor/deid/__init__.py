"""De-identification by PS3.15 Annex E: files in, files and what changed out; and the comparison of any pair of copies.

`table` and `types` are the standard as data, `profile` says what a site wants, `decide` turns both into one
decision an element, `rewriter` carries decisions out by edits, `pair` looks at a source and its copy together.
"""
