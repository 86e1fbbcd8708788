"""What other houses do differently: words, wards shared by specialties, searches without a patient, gateways."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from auditor.config.trail import TrailSettings
from auditor.identifiers.protector import SiteProtector
from auditor.model.ports import Context
from auditor.model.views import ViewKind
from auditor.trail import investigate
from auditor.trail.context.loading import load
from auditor.trail.context.people import job
from auditor.trail.investigate import Investigation
from auditor.trail.room import ROOM
from auditor.trail.telling import display
from auditor.trail.views import views

PROTECTOR = SiteProtector(b"k" * 32)
NOW = datetime(2026, 11, 10, tzinfo=UTC)
START = datetime(2026, 6, 1, 8, tzinfo=UTC)
HEADER = "time,source,user,event,outcome,ip,calling_ae,called_ae,patient,query"


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def event(minutes: float, user: str, what: str, **more: str) -> str:
    at = START + timedelta(minutes=minutes)
    rest = (more.get(name, "") for name in ("outcome", "ip", "src", "dst", "patient", "query"))
    return ",".join((at.isoformat(), more.get("source", "EHR"), user, what, *rest))


def investigated(stack: ExitStack, folder: Path, events: list[str], zone: str = "UTC", **tables: str) -> Investigation:
    (folder / "logs").mkdir()
    (folder / "logs" / "ehr.csv").write_text("\n".join([HEADER, *events]) + "\n", encoding="utf-8")
    (folder / "hr").mkdir()
    for name, text in tables.items():
        (folder / "hr" / f"{name}.csv").write_text(text, encoding="utf-8")
    logs = investigate.find_logs(["logs"], folder)
    found = investigate.open_investigation(stack, logs, TrailSettings(zone=zone), folder / "hr", NOW, workers=1)
    investigate.detect(found, NOW)
    assert found.failed == {}
    return found


def kinds(found: Investigation) -> list[str]:
    return [incident.kind for incident in found.incidents]


@pytest.mark.parametrize(
    ("file", "header", "table", "columns"),
    [
        ("pracownicy", "Login;Nazwisko;Imię;Stanowisko;Oddział", "roster", "user family given role department"),
        ("pacjenci", "Nr pacjenta;Data urodzenia;Data zgonu;Chroniony", "patients", "patient dob deceased vip"),
        ("opnames", "Patiëntnummer;Afdeling;Opname;Ontslag", "encounters", "patient department start end"),
        ("escala", "Usuário;Data;Turno;Setor;Sobreaviso", "shifts", "user date shift department on_call"),
        ("undersokningar", "Remissnr;Personnummer;Beställare", "worklist", "accession patient ordering"),
        ("episodes", "URN;Unit;Ward;Admitted;Separated", "encounters", "patient department ward start end"),
        ("visits", "MRN;Ward;Arrival", "encounters", "patient department start"),
        ("colaboradores", "utilizador;servico;data_saida;n_porta", "roster", "user department left house"),
        ("episodios", "processo;servico;admissao;alta", "encounters", "patient department start end"),
        ("henkilosto", "Käyttäjätunnus;Sukunimi;Nimike;Osasto", "roster", "user family role department"),
    ],
)
def test_tables_are_known_in_the_words_of_many_countries(
    tmp_path: Path, file: str, header: str, table: str, columns: str
) -> None:
    (tmp_path / f"{file}.csv").write_text(f"{header}\n{';'.join('1' for _ in header.split(';'))}\n", encoding="utf-8")

    assert set(load(tmp_path, {}).frames[table].columns) == set(columns.split())


@pytest.mark.parametrize(
    ("role", "told"),
    [
        ("pielęgniarka", "nurse"),
        ("Infirmier en formation", "nurse"),
        ("Trainee doctor", "physician"),
        ("lekarz radiolog", "radiologist"),
        ("technik elektroradiologii", "technologist"),
        ("Medizinisch-technische Radiologieassistentin (MTRA)", "technologist"),
        ("técnico em radiologia", "technologist"),
        ("Administrative Assistant", "clerk"),
        ("PACS Administrator", "admin"),
        ("Customer Service Representative", ""),
        ("inspektor ochrony danych", "privacy"),
        ("service", "service"),
        ("Training user", "training"),
    ],
)
def test_a_role_is_known_by_its_words_and_no_person_is_a_service_or_a_course(role: str, told: str) -> None:
    assert job(role, "", "anna") == told


def test_an_account_of_an_unknown_person_is_judged_by_its_name_and_one_in_the_roster_by_its_kind() -> None:
    assert job("", "", "svc_backup") == "service"
    assert job("", "", "train3") == "training"
    assert job("nurse", "Person", "train3") == "nurse"
    assert job("", "Konto techniczne", "hl7") == "service"


def test_a_ward_shared_by_specialties_explains_beside_the_specialty(tmp_path: Path, stack: ExitStack) -> None:
    found = investigated(
        stack,
        tmp_path,
        [event(30, "agency1", "read", patient="71"), event(40, "agency1", "read", patient="72")],
        roster="user,role,unit\nagency1,Agency RN,Agency\n",
        episodes="urn,specialty,ward,admitted,discharged\n71,Renal,4B,2026-05-31,2026-06-03\n"
        "72,Renal,5A,2026-05-31,2026-06-03\n",
        rota="user,date,shift,ward\nagency1,2026-06-01,day,4B\n",
    )

    rows = found.house.query("SELECT pat, reason FROM explained JOIN touches USING (id)")
    assert list(rows.itertuples(index=False, name=None)) == [("71", "shift")]


def search(minutes: float, user: str, patient: str) -> list[str]:
    """A search by name that is logged before anybody knows whom it finds, and the record it found."""
    asked = event(minutes, user, "query", query=f"PatientName=N{patient}*")
    return [asked, event(minutes + 1, user, "read", patient=patient)]


def test_a_search_by_name_without_a_patient_belongs_to_the_record_opened_next(tmp_path: Path, stack: ExitStack) -> None:
    events = [line for number in range(8) for line in search(5 * number, "ann", str(700 + number))]
    events += [event(90, "ben", "query", query="PatientName=Q*"), event(200, "ben", "read", patient="700")]
    found = investigated(
        stack,
        tmp_path,
        events,
        roster="user,role,unit\nann,nurse,A\nben,nurse,A\n",
        visits="patient,unit,start,end\n1,A,2026-06-01,2026-06-02\n",
    )

    searched = found.house.query("SELECT usr, sum(name_searches) AS n FROM touches GROUP BY usr ORDER BY usr")
    assert list(searched["n"]) == [8, 0]
    assert [(item.kind, item.amount) for item in found.incidents] == [("random_snoop", 8)]


def log_ins(users: int, *, succeed: int) -> list[str]:
    lines = []
    for number in range(users):
        told = {"source": "IDP", "ip": "10.9.0.9"}
        lines += [event(number + wait, f"u{number}", "login", outcome="4", **told) for wait in (0.1, 0.3)]
        if number < succeed:
            lines.append(event(number + 0.6, f"u{number}", "login", outcome="0", **told))
    return lines


def test_a_morning_of_new_passwords_behind_one_gateway_is_no_spraying(tmp_path: Path, stack: ExitStack) -> None:
    assert kinds(investigated(stack, tmp_path, log_ins(20, succeed=17))) == []


def test_a_spraying_that_got_in_twice_is_one(tmp_path: Path, stack: ExitStack) -> None:
    assert kinds(investigated(stack, tmp_path, log_ins(20, succeed=2))) == ["password_spraying"]


def test_the_hour_that_happens_twice_is_no_clock_set_back(tmp_path: Path, stack: ExitStack) -> None:
    walls = ["00:00:26", "01:00:04", "02:00:29", "02:14:46", "02:00:48", "03:00:18", "04:00:51"]
    (tmp_path / "logs").mkdir()
    lines = [f"2026-10-25 {wall},PACS,{number},doc,read,7" for number, wall in enumerate(walls, 1)]
    text = "\n".join(["time,source,sequence,user,event,patient", *lines]) + "\n"
    (tmp_path / "logs" / "pacs.csv").write_text(text, encoding="utf-8")
    logs = investigate.find_logs(["logs"], tmp_path)
    found = investigate.open_investigation(stack, logs, TrailSettings(zone="Europe/Warsaw"), None, NOW, workers=1)
    investigate.detect(found, NOW)

    assert kinds(found) == []
    assert list(found.house.query("SELECT hour(ts) AS h FROM events ORDER BY seq")["h"]) == [22, 23, 0, 0, 1, 2, 3]


def test_columns_of_unheard_of_names_are_known_by_what_the_logs_know(tmp_path: Path, stack: ExitStack) -> None:
    found = investigated(
        stack,
        tmp_path,
        [event(number, f"u{number % 5}", "read", patient=f"00{700 + number}", source="EHR") for number in range(20)],
        staff="qx,role,unit\n" + "".join(f"HOSP\\U{number},nurse,A\n" for number in range(9)),
        visits="zz,unit,start,end\n" + "".join(f"{700 + n},A,2026-06-01,2026-06-02\n" for n in range(0, 30)),
        sources="one,two\nEHR,Asia/Tokyo\n",
        networks="aa,campus\n10.1.0.0/16,East\n",
    )

    assert found.zone == "UTC"
    assert set(found.context.frames) == {"roster", "encounters", "sources", "sites"}
    assert list(found.house.query("SELECT count(*) AS n FROM unexplained")["n"]) == [0]
    assert list(found.context.frames["sources"]["zone"]) == ["Asia/Tokyo"]


def test_a_contact_of_a_common_name_is_no_family_until_searched_for(tmp_path: Path, stack: ExitStack) -> None:
    patients = [f"{number},Rossi,Ada,Silva,Maria" for number in range(100, 109)]
    found = investigated(
        stack,
        tmp_path,
        [event(0, "ms1", "read", patient="101"), event(60, "rk1", "read", patient="300"), *search(200, "ms1", "102")],
        roster="user,surname,forename,role\nms1,Silva,Maria,nurse\nrk1,Kurt,Rasim,nurse\n",
        patients="\n".join(["mrn,surname,forename,nok surname,nok forename", *patients, "300,Oz,Ela,Kurt,Rasim"])
        + "\n",
        visits="patient,unit,start,end\n1,A,2026-06-01,2026-06-02\n",
    )

    told = {(item.kind, item.entities[0], item.patients) for item in found.incidents}
    assert told == {("family_access", "rk1", ("300",)), ("family_access", "ms1", ("102",))}


def test_events_without_any_patient_break_no_detector(tmp_path: Path, stack: ExitStack) -> None:
    lines = [event(number, "doc", "retrieve", dst="WS1") for number in range(40)]
    lines.append(event(60, "doc", "userrolechanged"))

    assert kinds(investigated(stack, tmp_path, lines)) == ["privilege_escalation"]


def test_a_job_that_the_context_does_not_know_is_not_what_the_report_says_to_look_at(
    tmp_path: Path, stack: ExitStack
) -> None:
    days = [event(1440 * day + 9 * n, "pharm", "read", patient=str(50 + n)) for day in range(8) for n in range(6)]
    found = investigated(
        stack,
        tmp_path,
        [*days, *search(20, "ann", "300"), *search(40, "ann", "301")],
        roster="user,role,unit\nann,nurse,A\npharm,Pharmacist,P\n",
        visits="patient,unit,start,end\n1,A,2026-06-01,2026-06-02\n",
    )

    drawn = {view.kind: view for view in views(found, PROTECTOR)}
    assert sum(cell.marked for cell in drawn[ViewKind.TOP_UNEXPLAINED].cells) == 2
    assert sum(cell.marked for cell in drawn[ViewKind.ACCESS_HOURS].cells) == 2


def test_a_job_whose_work_is_explained_by_half_is_not_known(tmp_path: Path, stack: ExitStack) -> None:
    users = [f"coder{number}" for number in range(6)]
    events = [
        event(1440 * day + 9 * n, user, "read", patient=str(100 * who + 10 * day + n))
        for who, user in enumerate(users, 1)
        for day in range(3)
        for n in range(8)
    ]
    known = [f"{patient},A,2026-05-30,2026-06-09" for who in range(1, 7) for patient in range(100 * who, 100 * who + 4)]
    found = investigated(
        stack,
        tmp_path,
        [*events, event(20, "ann", "read", patient="100")],
        roster="user,role,unit\nann,nurse,A\n" + "".join(f"{user},Clinical Coder,Finance\n" for user in users),
        visits="\n".join(["patient,unit,start,end", *known]) + "\n",
    )

    assert set(found.house.query("SELECT usr FROM uncovered")["usr"]) == set(users)
    assert kinds(found) == []


def test_a_story_is_told_by_the_clock_of_the_house_and_over_days_with_both_dates(
    tmp_path: Path, stack: ExitStack
) -> None:
    lines = [event(1440 * day, "tom", "delete", patient=str(day)) for day in range(3)]
    tickets = "ticket,patient,opened\n1,99,2026-06-01\n"
    found = investigated(stack, tmp_path, lines, zone="Australia/Perth", tickets=tickets)

    (story,) = found.incidents
    told = display(story, found.zone, PROTECTOR)
    assert "2026-06-01 16:00 to 2026-06-03 16:00 (Australia/Perth)" in told


def test_a_file_of_context_that_is_no_known_table_is_said(tmp_path: Path) -> None:
    (tmp_path / "hr").mkdir()
    (tmp_path / "hr" / "colours.csv").write_text("shade,hue\n1,2\n", encoding="utf-8")
    context = Context(NOW, PROTECTOR, "clinical", TrailSettings(context="hr"), tmp_path, {})

    assert [note.text for note in ROOM.notes(context) if "1 of the files" in note.text]


def test_a_course_may_search_for_anybody(tmp_path: Path, stack: ExitStack) -> None:
    lines = [event(number, "train1", "query", query=f"PatientName={name}*") for number, name in enumerate("abcdefghij")]

    assert kinds(investigated(stack, tmp_path, lines)) == []


def test_a_place_to_which_only_nameless_senders_sent_is_judged(tmp_path: Path, stack: ExitStack) -> None:
    lines = [event(0, "doc", "read", patient="1"), event(9 * 1440, "doc", "read", patient="1")]
    lines += [event(4 * 1440 + n, "", "retrieve", patient=str(n + 1), src="PACS", dst="NEWBOX") for n in range(3)]

    assert "bulk_move_new_dest" not in kinds(investigated(stack, tmp_path, lines))


def test_three_large_exports_in_a_house_that_never_exports_do_not_excuse_each_other(
    stack: ExitStack, tmp_path: Path
) -> None:
    taken = [
        event(1440 * day + 3 * n, user, "Export", patient=f"P{day}{n:02d}", dst="BURN")
        for day, user in enumerate(("ana", "bia", "caio"))
        for n in range(12 + 4 * day)
    ]
    assert kinds(investigated(stack, tmp_path, taken)).count("media_export") == 3
