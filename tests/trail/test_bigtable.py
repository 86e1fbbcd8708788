"""Large tables: slab by slab they give what row by row they give, damage included, with the true line of each."""

import random
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from auditor.config.trail import TrailSettings, TrailTable
from auditor.trail import bigtable, investigate, reading
from auditor.trail.matching import propose
from auditor.trail.slab import Slabs, Unusual

NOW = datetime(2026, 11, 10, tzinfo=UTC)
HEADER = "time,source,seq,event,outcome,user,ip,patient,study,instances,emergency,query,media"
COLUMNS = """SELECT ts, local, source, seq, class::VARCHAR AS class, ok, btg, usr, ip, src_ae, dst_ae, pat, study,
 accession, instances, query, wide, media, purpose, line FROM events ORDER BY line"""
ODD = st.sampled_from(
    ["", "0", "000", "00x7", "P-0012^^^HOSP", "HOSP\\Anna", "anna@h.example", "ANNA", " b ", "é", '"', "ÄRZTIN", "x y"]
) | st.text(st.characters(codec="utf-8", exclude_characters='\r\n\0\ufeff",'), max_size=6)


def rows(odd: list[str], times: str, number: int = 60) -> list[str]:
    """Rows of a table; `odd` stands in for users, patients and queries here and there."""
    rnd = random.Random(7)  # noqa: S311 - made-up data
    made = []
    for place in range(number):
        at = datetime(2026, 10, 24, 20, tzinfo=UTC) + timedelta(minutes=11 * place)
        user, patient, query = (rnd.choice(odd) if rnd.random() < 0.3 else plain for plain in ("bert", "0042", ""))
        event = rnd.choice(("read", "search", "login", "print"))
        cells = [at.strftime(times), "EHR", str(place), event, rnd.choice(("0", "failed")), user, "10.0.0.1", patient]
        cells += ["1.2.3", str(rnd.randrange(9)), rnd.choice(("", "yes")), query and f"PatientName={query}", ""]
        made.append(",".join('"' + cell.replace('"', '""') + '"' if '"' in cell else cell for cell in cells))
    return made


def events(folder: Path, monkeypatch: pytest.MonkeyPatch, *, large: int, entry: TrailTable | None = None):
    """The event table of the folder, and the tally, with tables of `large` bytes going slab by slab."""
    monkeypatch.setattr(reading, "LARGE", large)
    monkeypatch.setattr(bigtable, "BLOCK", 900)
    with ExitStack() as stack:
        settings_ = TrailSettings(zone="Europe/Stockholm", tables=(entry,) if entry else ())
        logs = investigate.find_logs(["logs"], folder)
        found = investigate.open_investigation(stack, logs, settings_, None, NOW, 1)
        assert found.logs[0].large is (large == 0)
        told = found.house.query(COLUMNS).to_dict("records")
        return [{name: str(value) for name, value in row.items()} for row in told], found.logs[0].tally


def written(folder: Path, text: str | bytes) -> Path:
    (folder / "logs").mkdir(exist_ok=True)
    data = text.encode() if isinstance(text, str) else text
    (folder / "logs" / "a.csv").write_bytes(data)
    return folder


ZONED, LOCAL = "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d %H:%M:%S"
PLAIN = ["anna", "0007"]
TABLES = {
    "zoned": "\n".join([HEADER, *rows(PLAIN, ZONED), ""]),
    "local, over the end of summer time": "\n".join([HEADER, *rows(PLAIN, LOCAL), ""]),
    "other spellings": "\n".join([HEADER, *rows(["HOSP\\Anna", "00x7", " b ", "000"], ZONED), ""]),
    "no line end at the end": "\n".join([HEADER, *rows(PLAIN, ZONED)]),
    "carriage returns and a mark": "\ufeff" + "\r\n".join([HEADER, *rows(PLAIN, ZONED), ""]),
    "a row too short, an empty one, a leap second": "\n".join(
        [
            HEADER,
            *rows(PLAIN, ZONED)[:30],
            *("2026-10-25T02:30:00Z,EHR", "", "2026-06-30T23:59:60Z" + "," * 12),
            *rows(PLAIN, ZONED)[30:],
            *("yesterday" + "," * 12, ""),
        ]
    ),
    "numbers that are none": "\n".join([HEADER, *rows(PLAIN, ZONED)]).replace(",1,", ",one,"),
    "a header in the middle, columns in another order": "\n".join(
        [HEADER, *rows(PLAIN, ZONED)[:30], "user,patient,event,time,seq", "eva,7,read,2026-10-25T02:30:00Z,9"]
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_slab_by_slab_gives_what_row_by_row_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    folder = written(tmp_path, TABLES[name])
    quick, slow = (events(folder, monkeypatch, large=size) for size in (0, 1 << 30))

    assert quick[0] == slow[0]
    assert quick[1] == slow[1]
    assert quick[1].balanced
    assert len(quick[0]) >= 30


def test_words_formats_separators_and_encodings_of_a_site_are_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = "".join(f"{n % 28 + 1:02d}.10.2026 1{n % 10}:00:00;Ändern;Fehler;BÄRBEL;{n:05d}\n" for n in range(60))
    folder = written(tmp_path, ("Zeit;Vorgang;Ergebnis;Benutzer;Patient\n" + body).encode("cp1252"))
    entry = TrailTable(
        files="*.csv",
        columns={"time": "Zeit", "code": "Vorgang", "outcome": "Ergebnis", "user": "Benutzer", "patient": "Patient"},
        separator=";",
        encoding="cp1252",
        format="%d.%m.%Y %H:%M:%S",
        zone="Europe/Berlin",
        values={"code": {"ändern": "read"}},
    )
    quick, slow = (events(folder, monkeypatch, large=size, entry=entry) for size in (0, 1 << 30))

    assert quick == slow
    assert (quick[0][0]["ts"], quick[0][0]["usr"]) == ("2026-10-01 08:00:00", "bärbel")
    assert {row["class"] for row in quick[0]} == {"read"}


@given(st.lists(ODD, min_size=1, max_size=4))
@example(["²"])
@example(["٣"])
@example(["\x1f"])
@example(["\x0c"])
@example(["\u2028"])
@example(['"'])
@example(['="7"'])
@settings(max_examples=12, deadline=None)
def test_any_cells_give_the_same_events_on_both_ways(tmp_path_factory: pytest.TempPathFactory, odd: list[str]) -> None:
    folder = written(tmp_path_factory.mktemp("odd"), "\n".join([HEADER, *rows(odd, ZONED, 25), ""]))
    with pytest.MonkeyPatch.context() as patch:
        quick, slow = (events(folder, patch, large=size) for size in (0, 1 << 30))

    assert quick == slow


def test_an_ordinary_table_does_go_slab_by_slab() -> None:
    text = TABLES["zoned"]
    mapping = propose(text.encode())
    assert mapping is not None
    slabs = Slabs.of(mapping)
    assert slabs is not None
    assert len(slabs.make(text.encode(), header=True)["ts"]) == 60
    with pytest.raises(Unusual):
        slabs.make(text.replace("EHR", "E\0R").encode(), header=True)
