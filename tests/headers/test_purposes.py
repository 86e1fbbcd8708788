"""Why files are looked at decides what is a fault; what a file claims is held against what it holds."""

import pytest

from fixtures.headers import corpus
from tests.headers.helpers import context, findings


def _rules(folder, name, purpose="export"):
    return {finding.rule.removeprefix("headers.") for finding in findings(folder, context(purpose))[name]}


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    corpus.write(folder)
    return folder


def test_an_export_may_hold_neither_names_nor_dates(export):
    assert {"patient-name-kept", "study-date-kept", "birth-date-kept", "patient-id-kept"} <= _rules(export, "IM001")


def test_a_limited_data_set_may_hold_dates_and_no_names(export):
    found = _rules(export, "IM001", "limited-data-set")
    assert "patient-name-kept" in found
    assert not {"study-date-kept", "birth-date-kept", "region-kept"} & found


def test_a_clinical_copy_is_faulted_for_misplaced_identifiers_alone(export):
    assert not {"patient-name-kept", "study-date-kept"} & _rules(export, "IM001", "clinical")
    assert "private-identifier" in _rules(export, "IM005", "clinical")
    assert "file-meta-identifier" in _rules(export, "IM006", "clinical")
    assert "sr-identifier" not in _rules(export, "IM013", "clinical")


def test_a_claim_that_is_not_true_is_the_worst_finding(export):
    assert {"claim-false-identity", "claim-dates-removed", "claim-without-method"} <= _rules(export, "IM015")


def test_a_claim_that_holds_quiets_the_pseudonym(tmp_path):
    corpus.write_clean(tmp_path)
    found = _rules(tmp_path, "IM500")
    assert not {"patient-id-kept", "claim-missing", "claim-false-identity", "patient-name-kept"} & found


@pytest.mark.parametrize(("code", "quiet"), [("113106", "study-date-kept"), ("113109", "device-id-kept")])
def test_an_option_that_is_claimed_quiets_what_it_keeps(tmp_path, code, quiet):
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence

    dataset = corpus._base(7)
    dataset.DeviceSerialNumber = "SN-40017"
    dataset.save_as(tmp_path / "without")
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = code, "DCM", "an option"
    dataset.DeidentificationMethodCodeSequence = Sequence([item])
    dataset.save_as(tmp_path / "with")
    assert quiet in _rules(tmp_path, "without")
    assert quiet not in _rules(tmp_path, "with")


def test_a_pseudonymised_copy_may_hold_the_pseudonyms_of_the_site_and_no_names(export, tmp_path):
    assert {"patient-name-kept", "patient-id-kept"} <= _rules(export, "IM001", "pseudonymised")
    dataset = corpus._base(8)
    dataset.PatientName = dataset.PatientID = "NORD.KLI"
    del dataset.OtherPatientIDsSequence
    dataset.save_as(tmp_path / "one")
    known = context("pseudonymised", pseudonyms=r"NORD\.[A-Z]+")
    found = {finding.rule.removeprefix("headers.") for finding in findings(tmp_path, known)["one"]}
    assert not {"patient-name-kept", "patient-id-kept"} & found
    assert "birth-date-kept" in found
    assert "patient-name-kept" in _rules(tmp_path, "one", "pseudonymised")
