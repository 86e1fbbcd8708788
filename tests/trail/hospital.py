"""A small made-up hospital that writes audit messages: two weeks in Stockholm over the end of summer time."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Stockholm")
START = datetime(2026, 10, 19, tzinfo=ZONE)
DAYS = 14
WARDS = ("KIR", "MED", "ONK")


def message(at: datetime, source: str, code: str, user: str, **more: str) -> str:
    """One DICOM audit message; `more` may hold type, action, outcome, ip, patient, src, dst, query, media."""
    get = more.get
    kind = f'<EventTypeCode csd-code="{more["type"]}" codeSystemName="DCM"/>' if "type" in more else ""
    nodes = "".join(
        f'<ActiveParticipant UserID="{more[name]}" AlternativeUserID="AETITLES={more[name]}" UserIsRequestor="false">'
        f'<RoleIDCode csd-code="{role}" codeSystemName="DCM"/>{media}</ActiveParticipant>'
        for name, role, media in (
            ("src", "110153", ""),
            ("dst", "110152", ""),
            ("media", "110154", f'<MediaType csd-code="110030" originalText="{get("media")}"/>'),
        )
        if name in more
    )
    who = (
        f'<ActiveParticipant UserID="{user}" UserIsRequestor="true" NetworkAccessPointID="{get("ip", "10.1.0.9")}" '
        'NetworkAccessPointTypeCode="2"/>'
    )
    patient = (
        f'<ParticipantObjectIdentification ParticipantObjectID="{more["patient"]}" ParticipantObjectTypeCode="1" '
        'ParticipantObjectTypeCodeRole="1"><ParticipantObjectIDTypeCode csd-code="2"/>'
        "</ParticipantObjectIdentification>"
        if "patient" in more
        else ""
    )
    query = (
        '<ParticipantObjectIdentification ParticipantObjectID="1.2" ParticipantObjectTypeCode="2" '
        'ParticipantObjectTypeCodeRole="24">'
        f'<ParticipantObjectIDTypeCode csd-code="110181"/><ParticipantObjectQuery>{more["query"]}'
        "</ParticipantObjectQuery></ParticipantObjectIdentification>"
        if "query" in more
        else ""
    )
    return (
        f'<AuditMessage><EventIdentification EventActionCode="{get("action", "R")}" EventDateTime="{at.isoformat()}" '
        f'EventOutcomeIndicator="{get("outcome", "0")}"><EventID csd-code="{code}" codeSystemName="DCM"/>{kind}'
        f'</EventIdentification>{who}{nodes}<AuditSourceIdentification AuditSourceID="{source}"/>'
        f"{patient}{query}</AuditMessage>"
    )


@dataclass
class Hospital:
    """Staff, patients, their encounters and shifts, and the events that follow from them."""

    seed: int = 3
    events: list[tuple[datetime, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rnd = random.Random(self.seed)  # noqa: S311 - made-up data
        self.staff = [
            (f"{w.lower()}{n:02d}", w, "sjuksköterska nurse" if n % 3 else "physician") for w in WARDS for n in range(9)
        ]
        self.patients = [f"{number:07d}" for number in range(1200, 1400)]
        self.stays = [
            (p, self.rnd.choice(WARDS), self.rnd.randrange(DAYS - 2)) for p in self.patients for _ in range(2)
        ]
        elsewhere = {p for p, w, _ in self.stays if w != "ONK"}
        self.only_oncology = sorted({p for p, w, _ in self.stays if w == "ONK"} - elsewhere)
        self.vip = self.only_oncology.pop()
        for day in range(DAYS):
            for user, ward, _ in self.staff:
                if self.works(user, day):
                    self._shift(user, ward, day)

    def works(self, user: str, day: int) -> bool:
        """Whether the user is on duty (07 to 19) that day."""
        return (int(user[-2:]) + day) % 3 != 0

    def at(self, day: int, hour: float) -> datetime:
        """A local moment."""
        return (START + timedelta(days=day)).replace(
            hour=int(hour), minute=int(hour % 1 * 60), second=self.rnd.randrange(60)
        )

    def add(self, at: datetime, source: str, code: str, user: str, **more: str) -> None:
        """One event."""
        spelling = self.rnd.choice((user, user.upper(), f"HOSP\\{user}", f"{user}@hosp.example"))
        self.events.append((at, source, message(at, source, code, spelling, **more)))

    def search_and_open(self, at: datetime, user: str, patient: str) -> None:
        """What a curious user does."""
        self.add(
            at, "EHR", "110112", user, patient=patient, query="STUDY PatientName=Xx*", action="E", ip=self.ip(user)
        )
        self.add(at + timedelta(seconds=40), "EHR", "110103", user, patient=patient, ip=self.ip(user))

    def ip(self, user: str) -> str:
        """The user's own workplace."""
        return f"10.1.{WARDS.index(user[:3].upper())}.{int(user[-2:]) + 10}"

    def _shift(self, user: str, ward: str, day: int) -> None:
        self.add(self.at(day, 7), "IDP", "110114", user, type="110122", action="E", ip=self.ip(user))
        here = [p for p, w, first in self.stays if w == ward and first <= day <= first + 2]
        for patient in self.rnd.sample(here, min(len(here), 5)):
            self.add(
                self.at(day, self.rnd.uniform(7.5, 18.5)), "EHR", "110103", user, patient=patient, ip=self.ip(user)
            )
        self.add(self.at(day, 19), "IDP", "110114", user, type="110123", action="E", ip=self.ip(user))

    def write_logs(self, folder: Path) -> None:
        """One numbered syslog file a source, in order of time."""
        folder.mkdir(parents=True, exist_ok=True)
        for source in sorted({name for _, name, _ in self.events}):
            rows = sorted((at, text) for at, name, text in self.events if name == source)
            lines = [
                f'<85>1 {at.astimezone(UTC).isoformat()} h {source} 1 IHE+RFC-3881 [m sequenceId="{number}"] {text}'
                for number, (at, text) in enumerate(rows, 1)
            ]
            (folder / f"{source.lower()}.log").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def write_context(self, folder: Path) -> None:
        """Tables under names of their own, semicolons and day-first dates included."""
        folder.mkdir(parents=True, exist_ok=True)

        def day(number: int, hour: str = "") -> str:
            return f"{START + timedelta(days=number):%d.%m.%Y}{hour}"

        rows = [f"{u};Efter{n};Namn{n};{r};{w};Gatan;{n};" for n, (u, w, r) in enumerate(self.staff)]
        self._table(
            folder / "personal.csv", "Kennung;Nachname;Vorname;Funktion;Abteilung;Strasse;Hausnr;Austritt", rows
        )
        rows = [
            f"{p.lstrip('0')};Sjuk{n};Person{n};Vägen;{n};{'ja' if p == self.vip else ''}"
            for n, p in enumerate(self.patients)
        ]
        self._table(folder / "patienten.csv", "PatientenID;Nachname;Vorname;Strasse;Hausnr;VIP", rows)
        rows = [f"{p};{w};{day(d, ' 06:00')};{day(d + 2, ' 20:00')}" for p, w, d in self.stays]
        self._table(folder / "aufenthalte.csv", "PatientenID;Station;Aufnahme;Entlassung", rows)
        rows = [f"{u};{day(d)};tag;{w}" for u, w, _ in self.staff for d in range(DAYS) if self.works(u, d)]
        self._table(folder / "dienstplan.csv", "Kennung;Datum;Dienst;Abteilung", rows)
        self._table(folder / "quellen.csv", "Quelle;Zeitzone", ["EHR;Europe/Stockholm", "IDP;Europe/Stockholm"])

    @staticmethod
    def _table(file: Path, header: str, rows: list[str]) -> None:
        file.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
