"""Who can get in, how, and by which line of which file: live ports and configuration files to facts.

`room.ROOM` is what `auditor.audit` runs. Only what an inventory lists is contacted, and only inside the
site's networks; nothing is ever stored, moved or deleted on the other side.
"""
