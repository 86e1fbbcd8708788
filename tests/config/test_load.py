"""`auditor.toml` is read strictly, and every value knows where it came from."""

import re
from datetime import UTC, datetime
from typing import get_args

import pytest

from auditor.config.load import load
from auditor.endpoints.inventory import Kind
from auditor.errors import ConfigError
from auditor.resources import starter_folder
from auditor.schedule.times import next_due


@pytest.fixture
def write(tmp_path):
    def _write(text):
        file = tmp_path / "auditor.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return _write


def test_flag_comes_before_environment_before_file_before_default(write):
    file = write('[audit]\nfail_on = "low"\npurpose = "clinical"\nprofile = "site"\n')
    environment = {"AUDITOR_AUDIT_FAIL_ON": "medium", "AUDITOR_AUDIT_PURPOSE": "export"}
    found = load(file, environment=environment, flags={"audit.fail_on": "critical", "audit.profile": None})
    audit = found.settings.audit
    assert (audit.fail_on, audit.purpose, audit.profile, audit.executor) == ("critical", "export", "site", "process")
    names = ("fail_on", "purpose", "profile", "executor")
    assert [found.origins[f"audit.{name}"] for name in names] == ["flag", "environment", "file", "default"]


def test_environment_values_take_the_type_of_the_setting(write):
    environment = {"AUDITOR_AUDIT_WORKERS": "3", "AUDITOR_SITE_NETWORKS": "10.0.0.0/8,192.168.0.0/16"}
    settings = load(write(""), environment=environment).settings
    assert settings.audit.workers == 3
    assert settings.site.networks == ("10.0.0.0/8", "192.168.0.0/16")


def test_an_environment_value_of_the_wrong_type_names_the_variable(write):
    with pytest.raises(ConfigError, match="AUDITOR_AUDIT_WORKERS"):
        load(write(""), environment={"AUDITOR_AUDIT_WORKERS": "many"})


def test_an_unknown_key_says_its_line_and_what_was_meant(write):
    file = write('[site]\nname = "x"\n\n[audit]\npurpose = "export"\nfale_on = "low"\n')
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert caught.value.where.endswith("auditor.toml:6")
    assert "fail_on" in caught.value.right


def test_an_unknown_section_lists_the_sections(write):
    with pytest.raises(ConfigError) as caught:
        load(write("[audti]\nx = 1\n"))
    assert "audit" in caught.value.right


@pytest.mark.parametrize("text", ["[audit\n", '[audit]\nworkers = "two"\n', "[audit]\nworkers = -1\n"])
def test_what_is_not_toml_or_of_the_wrong_type_is_told(write, text):
    with pytest.raises(ConfigError) as caught:
        load(write(text))
    assert caught.value.next_step


def test_every_fault_is_told_at_its_own_line_also_in_the_second_of_several_schedules(write):
    good = '[[schedule]]\nname = "a"\ncron = "0 6 * * 1"\n'
    with pytest.raises(ConfigError) as caught:
        load(write(good + '[[schedule]]\nname = "b"\ncron = 7\nwen = "x"\n[audit]\nfail_on = "hi"\n'))
    said = str(caught.value)
    for what, line in (("schedule.1.cron", 6), ("schedule.1.wen", 7), ("audit.fail_on", 9)):
        assert what in said
        assert f"auditor.toml:{line}" in said


def test_a_schedule_that_is_no_list_is_told_how_it_is_written(write):
    with pytest.raises(ConfigError) as caught:
        load(write('[schedule]\nname = "a"\n'))
    assert "[[name]]" in caught.value.right


def test_all_that_the_sample_shows_can_be_used(write):
    sample = (starter_folder() / "auditor.toml").read_text("utf-8")
    shown = re.sub(r"(?m)^# (?=\[|\w+ = )", "", sample)
    settings = load(write(shown)).settings
    assert (settings.schedule[0].name, settings.report.language) == ("weekly", "en")
    assert (
        next_due(settings.schedule[0], datetime(2026, 5, 4, 7, tzinfo=UTC)).isoformat() == "2026-05-11T06:00:00+02:00"
    )


def test_the_sample_inventory_names_every_kind_of_port(write):
    line = next(one for one in (starter_folder() / "inventory.yaml").read_text("utf-8").splitlines() if "kind:" in one)
    assert line.partition("# ")[2].split(" | ") == list(get_args(Kind))


def test_a_file_that_is_missing_or_too_large_is_told(tmp_path, write):
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="too large"):
        load(write("# " + "x" * 1_000_001))


def test_the_nearest_file_upward_is_found(tmp_path, write):
    write('[site]\nname = "upward"\n')
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    found = load(start=below)
    assert found.settings.site.name == "upward"
    assert found.path("x") == tmp_path.resolve() / "x"
