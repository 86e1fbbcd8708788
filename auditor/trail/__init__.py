"""The audit trail: logs into one event table, why each access was right, and incidents out of what is left.

`room.ROOM` is what `auditor.audit` runs; `investigate.investigate` does the work and returns raw values,
for the command line to show on a terminal and for `explain` and `disclosures` to look into.
"""
