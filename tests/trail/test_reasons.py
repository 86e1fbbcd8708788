"""Why an access was right: each reason of its own table, with the row that proves it; learnt ones stay weak."""

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.config.trail import TrailSettings
from auditor.trail import investigate, story
from auditor.trail.investigate import Investigation
from auditor.trail.resources import table

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ROSTER = """user,role,department,account_type
doc,Physician,Surgery,person
mate,Physician,Surgery,person
pal,Physician,Surgery,person
guest,Physician,Medicine,person
tech,Radiographer,Radiology,person
rad,Radiologist,Radiology,person
bill,Billing clerk,Billing,person
clerk,Records clerk,Records,person
it,System administrator,IT,person
science,Research fellow,Research,person
svc_arch,,,service
course1,,,training
"""
OPENED = "2026-05-05T10:00:00,EHR,1,{user},read,7,"
CASES: dict[str, tuple[str, Mapping[str, str], str]] = {
    "care_team": (
        "guest",
        {"care_team": "patient,user,role,start,end\n7,guest,consult,2026-05-04,2026-05-06\n"},
        "as consult from 2026-05-04",
    ),
    "attending": (
        "guest",
        {"encounters": "patient,department,start,end,attending\n7,Surgery,2026-05-04,2026-05-06,guest\n"},
        "encounter in Surgery from 2026-05-04",
    ),
    "encounter": (
        "doc",
        {"encounters": "patient,department,start,end,attending\n7,surgery,2026-05-04,2026-05-06,\n"},
        "encounter in surgery",
    ),
    "shift": (
        "guest",
        {
            "encounters": "patient,department,start,end,attending\n7,Surgery,2026-05-04,2026-05-06,\n",
            "shifts": "user,date,shift,department,on_call\nguest,2026-05-05,day,Surgery,0\n",
        },
        "shift in Surgery on 2026-05-05",
    ),
    "order": (
        "guest",
        {"worklist": "accession,patient,scheduled,ordering_user\nA1,7,2026-05-04T09:00:00,guest\n"},
        "order A1",
    ),
    "worklist": (
        "tech",
        {"worklist": "accession,patient,scheduled,performing_user\nA1,7,2026-05-05T09:00:00,tech\n"},
        "worklist A1",
    ),
    "reading": (
        "rad",
        {"worklist": "accession,patient,scheduled,reading_user\nA1,7,2026-05-05T09:00:00,rad\n"},
        "report A1",
    ),
    "imaging": (
        "tech",
        {"worklist": "accession,patient,scheduled,reading_user\nA1,7,2026-05-05T09:00:00,rad\n"},
        "worklist A1",
    ),
    "referring_department": (
        "doc",
        {"worklist": "accession,patient,scheduled,department\nA1,7,2026-05-05T09:00:00,Surgery\n"},
        "order A1",
    ),
    "conference": (
        "guest",
        {"conferences": "date,kind,user,patient\n2026-05-06,tumour board,guest,\n2026-05-06,tumour board,,7\n"},
        "tumour board on 2026-05-06",
    ),
    "approval": (
        "science",
        {"approvals": "approval,kind,user,patient,valid_from\nIRB-4,research,science,7,2026-05-05\n"},
        "research IRB-4",
    ),
    "release": (
        "clerk",
        {"release_requests": "request,patient,requested\nROI-3,7,2026-05-04T09:00:00\n"},
        "request ROI-3",
    ),
    "ticket": ("it", {"delete_tickets": "ticket,patient,opened\nT-8,7,2026-05-04T09:00:00\n"}, "ticket T-8"),
    "billing": ("bill", {"encounters": "patient,department,start,end\n7,Surgery,2026-04-20,2026-04-22\n"}, "billing"),
    "on_call": (
        "doc",
        {
            "encounters": "patient,department,start,end\n7,Surgery,2026-05-04,2026-05-06\n",
            "shifts": "user,date,shift,department,on_call\ndoc,2026-05-05,night,Surgery,1\n",
        },
        "on call",
    ),
    "emergency": (
        "guest",
        {"encounters": "patient,department,start,end\n7,Emergency,2026-05-05,2026-05-05\n"},
        "emergency access",
    ),
    "training": ("course1", {}, "training account"),
    "test_patient": ("guest", {"patients": "patient,family,given\n7,ZZTEST,Training4\n"}, "test patient"),
}


def explained(stack: ExitStack, folder: Path, events: list[str], tables: Mapping[str, str]) -> Investigation:
    (folder / "logs").mkdir()
    (folder / "hr").mkdir()
    header = "time,source,seq,user,event,patient,break glass\n"
    (folder / "logs" / "ehr.csv").write_text(header + "\n".join(events) + "\n", encoding="utf-8")
    for name, text in {"roster": ROSTER, **tables}.items():
        (folder / "hr" / f"{name}.csv").write_text(text, encoding="utf-8")
    logs = investigate.find_logs(["logs"], folder)
    return investigate.open_investigation(stack, logs, TrailSettings(), folder / "hr", NOW, workers=1)


def reasons(found: Investigation, user: str) -> dict[str, tuple[float, str]]:
    rows = found.house.query(
        "SELECT r.reason, r.strength, r.proof FROM reasons r JOIN touches t USING (id) WHERE t.usr = ?", [user]
    )
    return {row.reason: (float(row.strength), row.proof) for row in rows.itertuples(index=False)}


@pytest.mark.parametrize("name", list(CASES))
def test_a_reason_is_found_by_its_own_row_and_without_it_nothing_is(tmp_path: Path, name: str) -> None:
    user, tables, proof = CASES[name]
    event = OPENED.format(user=user) + ("yes" if name == "emergency" else "no")
    (tmp_path / "with").mkdir()
    (tmp_path / "without").mkdir()
    with ExitStack() as stack:
        found = reasons(explained(stack, tmp_path / "with", [event], tables), user)
        bare = {key: "\n".join(text.splitlines()[:1]).replace("7,", "") + "\n" for key, text in tables.items()}
        empty = reasons(explained(stack, tmp_path / "without", [event], bare), user)

    assert name in found
    assert proof in found[name][1]
    assert found[name][0] == float(table("reasons")[name]["strength"]) >= 0.5
    assert name not in empty or name == "training"


def test_the_rest_of_the_reasons_are_a_service_job_and_three_that_are_learnt() -> None:
    others = set(table("reasons")) - set(CASES)

    assert others == {"service_job", "circle", "follow_up", "colleague"}
    learnt = [name for name, spec in table("reasons").items() if "kind" in spec]
    assert sorted(learnt) == ["circle", "colleague", "follow_up"]
    assert all(float(table("reasons")[name]["strength"]) <= 0.5 for name in learnt)


def test_a_service_account_has_its_job_as_a_reason_only_while_it_does_no_persons_work(tmp_path: Path) -> None:
    events = ["2026-05-05T01:00:00,VNA,1,svc_arch,retrieve,7,no", "2026-05-06T14:00:00,EHR,1,svc_arch,read,8,no"]
    with ExitStack() as stack:
        found = explained(stack, tmp_path, events, {})
        rows = found.house.query("SELECT t.pat, r.reason FROM touches t LEFT JOIN reasons r USING (id) ORDER BY t.pat")

    assert [(row.pat, row.reason if isinstance(row.reason, str) else "") for row in rows.itertuples()] == [
        ("7", "service_job"),
        ("8", ""),
    ]


def test_what_is_learnt_explains_weakly_and_leans_on_what_a_row_proves(tmp_path: Path) -> None:
    care = "patient,user,role,start,end\n7,mate,ward,2026-05-04,2026-05-06\n7,pal,ward,2026-05-04,2026-05-06\n"
    events = [f"2026-05-05T1{n}:00:00,EHR,{n + 1},{user},read,7,no" for n, user in enumerate(("mate", "pal", "doc"))]
    events.append("2026-05-12T10:00:00,EHR,9,mate,read,7,no")
    with ExitStack() as stack:
        found = explained(stack, tmp_path, events, {"care_team": care})
        weak = found.house.query("SELECT usr FROM unexplained")["usr"].tolist()
        colleague, later = reasons(found, "doc"), reasons(found, "mate")

    assert colleague["colleague"][0] < 0.5
    assert later["follow_up"][0] == 0.5
    assert weak == ["doc"]


def test_the_page_about_a_user_and_a_patient_names_every_reason_with_its_row(tmp_path: Path) -> None:
    care = "patient,user,role,start,end\n7,doc,attending,2026-05-04,2026-05-06\n"
    stays = "patient,department,start,end,attending\n7,Surgery,2026-05-04,2026-05-06,doc\n"
    events = [OPENED.format(user="doc") + "no", "2026-05-20T10:00:00,EHR,2,doc,read,9,no"]
    with ExitStack() as stack:
        found = explained(stack, tmp_path, events, {"care_team": care, "encounters": stays})
        investigate.detect(found, NOW)
        page = "\n".join(story.tell(found, "CORP\\DOC", "007", str))
        other = "\n".join(story.tell(found, "doc@house", "9", str))
        masked = "\n".join(story.tell(found, "doc", "7", lambda value: "***"))

    assert "User CORP\\DOC and patient 007" in page
    assert "fully: on the patient's care team that day (care team as attending from 2026-05-04)" in page
    assert "fully: responsible for an encounter of the patient (encounter in Surgery from 2026-05-04)" in page
    assert "well: works in the department where the patient was treated (encounter in Surgery from 2026-05-04)" in page
    assert "10:00:00  read       EHR:1  ehr.csv:2" in page
    assert "nothing explains it enough" in other
    assert "doc" not in masked.lower().replace("doctor", "")


def test_the_page_tells_off_duty_and_what_the_incident_is_and_what_would_explain_it(tmp_path: Path) -> None:
    shifts = "user,date,shift,department\n" + "".join(f"doc,2026-05-{day:02d},day,Surgery\n" for day in range(1, 5))
    patients = "patient,vip\n7,1\n"
    events = ["2026-05-05T10:00:00,EHR,1,doc,read,7,no", "2026-05-05T10:01:00,EHR,2,doc,read,7,no"]
    events.append("2026-05-04T10:00:00,EHR,3,doc,read,8,no")
    with ExitStack() as stack:
        found = explained(
            stack, tmp_path, events, {"shifts": shifts, "patients": patients, "care_team": "patient,user\n"}
        )
        investigate.detect(found, NOW)
        odd = "\n".join(story.tell(found, "doc", "7", str))
        usual = "\n".join(story.tell(found, "doc", "8", str))

    assert "off duty, by the duty roster" in odd
    assert "Incident about this patient: vip snoop, Tue 2026-05-05 10:00" in odd
    assert "why: the patient is a protected person" in odd
    assert "would explain it: The users were called to the patient" in odd
    assert "on duty in Surgery, Mon 07:00 to Mon 19:00" in usual
    assert "1 event, 1 opened" in usual
