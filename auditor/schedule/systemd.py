"""systemd units for a schedule: a timer that looks every minute would be noise, so the calendar is systemd's.

The timer only wakes the auditor; whether it is due, in its own time zone and across daylight saving, the auditor
decides itself. `Persistent` makes up for a machine that was off.
"""

import sys
from pathlib import Path

from auditor.config.schedule import ScheduleSettings
from auditor.store.files import make_folder, write_bytes

_SERVICE = """[Unit]
Description=Imaging audit {name}
After=network-online.target

[Service]
Type=oneshot
ExecStart={python} -m auditor schedule run {name} --config {config}
WorkingDirectory={folder}
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=full
SuccessExitStatus=3
"""
_TIMER = """[Unit]
Description=When the imaging audit {name} is due ({cron}, {timezone})

[Timer]
OnCalendar=*:0/5
Persistent=true
AccuracySec=1min

[Install]
WantedBy=timers.target
"""


def units(schedule: ScheduleSettings, config: Path) -> dict[str, str]:
    """The service and the timer of a schedule, by file name."""
    words = {
        "name": schedule.name,
        "python": _quoted(sys.executable),
        "config": _quoted(str(config)),
        "folder": str(config.parent).replace("%", "%%"),
        "cron": schedule.cron.replace("%", "%%"),
        "timezone": schedule.timezone,
    }
    stem = f"auditor-{schedule.name}"
    return {f"{stem}.service": _SERVICE.format(**words), f"{stem}.timer": _TIMER.format(**words)}


def install(schedule: ScheduleSettings, config: Path, folder: Path) -> list[Path]:
    """Write the units into `folder` (the user's systemd folder) and return their paths."""
    make_folder(folder)
    written = []
    for name, text in units(schedule, config).items():
        write_bytes(folder / name, text.encode("utf-8"))
        written.append(folder / name)
    return written


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"'
