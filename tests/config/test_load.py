"""`auditor.toml` is read strictly, and every value knows where it came from."""

import pytest

from auditor.config.load import load
from auditor.errors import ConfigError


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
