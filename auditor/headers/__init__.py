"""`auditor scan`: DICOM files to facts, wherever in them a patient can still be recognised.

`room.py` is the door. `plan` divides trees into chunks, `kin` and `learn` find out whom files are about, `sweep`
judges all elements of a file and asks `verdict` about those that may tell something, `assemble` turns verdicts into
facts, `pictures` asks for text in pixels, `explain` says why.
"""
