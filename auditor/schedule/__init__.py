"""Audits that run by themselves: when they are due, one at a time, delivered, and said when they fail.

`times` knows when, `state` what was done, `runner` does it once, `delivery` hands over, `systemd` writes units.
The audit itself is passed in as a function, so that nothing here knows a room.
"""
