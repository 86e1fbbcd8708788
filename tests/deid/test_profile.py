"""Profiles are inherited, strict, and never contradict themselves in silence."""

import pydicom
import pytest

from auditor.deid.codes import Option
from auditor.deid.plan import DeidPlan
from auditor.deid.profile import load_profile, names
from auditor.deid.run import Workplace, stage
from auditor.errors import RuleError
from tests.deid.corpus import write as make


def write(folder, name, text):
    path = folder / f"{name}.yaml"
    path.write_text(f"name: {name}\n{text}", "utf-8")
    return str(path)


def test_the_shipped_profiles_all_load():
    assert set(names()) == {"basic", "hipaa-safe-harbor", "limited-data-set", "tcia"}
    for name in names():
        assert load_profile(name).title


def test_a_sites_profile_inherits_options_and_adds_its_own(tmp_path):
    text = "inherits: tcia\noptions: [retain-device-identity]\nwithout: [retain-safe-private]\n"
    profile = load_profile(write(tmp_path, "ours", text))
    assert profile.has(Option.MODIFIED_DATES)
    assert profile.has(Option.DEVICE)
    assert not profile.has(Option.SAFE_PRIVATE)
    assert [source.split("/")[-1] for source in profile.sources][-1] == "ours.yaml"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "options: [retain-longitudinal-full-dates, retain-longitudinal-modified-dates]\n",
            "both in full and modified",
        ),
        ("options: [clean-descriptors]\nwithout: [clean-descriptors]\n", "both asked for and left out"),
        ("options: [clean-descriptions]\n", "options"),
        ("shift_days: [-10, 10]\n", "does not contain 0"),
        ("file_name: '{patient}/x'\n", "{instance}"),
        ("colour: red\n", "unknown key"),
        ("inherits: tica\n", "no profile"),
        ("attributes:\n  - {attribute: PatientSex, action: replace, why: because}\n", "replace"),
    ],
)
def test_a_profile_that_contradicts_itself_does_not_load(tmp_path, text, says):
    with pytest.raises(RuleError) as caught:
        load_profile(write(tmp_path, "bad", text))
    assert says in str(caught.value)


def test_two_actions_for_one_attribute_are_refused(tmp_path):
    text = (
        "attributes:\n  - {attribute: PatientSex, action: keep, why: needed}\n"
        "  - {attribute: PatientSex, action: remove, why: not needed}\n"
    )
    with pytest.raises(RuleError, match="two actions"):
        load_profile(write(tmp_path, "bad", text))


def test_a_circle_of_profiles_is_refused(tmp_path):
    write(tmp_path, "one", "inherits: two\n")
    write(tmp_path, "two", "inherits: one\n")
    with pytest.raises(RuleError, match="inherits itself"):
        load_profile(str(tmp_path / "one.yaml"))


def test_a_limited_data_set_keeps_places_and_no_name_in_their_place(tmp_path):
    """164.514(e)(2) leaves town, State and zip code, whatever attribute they stand in; names go from there too."""
    for number, place in enumerate(("Nordrhein-Westfalen", "Fru Sörensen, Umeå"), 1):
        path = make(tmp_path / "in", number=number)
        dataset = pydicom.dcmread(path)
        dataset.CountryOfResidence, dataset.RegionOfResidence = "SE", place
        dataset.save_as(path)
    plan = DeidPlan(str(tmp_path / "in"), load_profile("limited-data-set"), b"k" * 32, ocr=False)
    staged = stage(plan, Workplace(tmp_path / "work"))
    copies = [pydicom.dcmread(tmp_path / "work" / "staging" / one.path) for one in staged.outcomes]
    assert [copy.CountryOfResidence for copy in copies] == ["SE", "SE"]
    assert [copy.RegionOfResidence for copy in copies] == ["Nordrhein-Westfalen", "Fru ***, Umeå"]
