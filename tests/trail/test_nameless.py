"""Tables without a column for the patient or the user: a run says so, and what cannot be judged."""

from pathlib import Path

import pytest

from auditor.cli.main import run

ROWS = {
    "patients": "Time;User;Action\n2026-02-01 08:10:00;mueller;Read\n2026-02-01 08:12:00;meier;Read\n",
    "users": "Time;Patient;Action\n2026-02-01 08:10:00;7001;Read\n2026-02-01 08:12:00;7002;Read\n",
}
WHOLE = "Time;User;Patient;Action\n2026-02-01 08:10:00;mueller;7001;Read\n2026-02-01 08:12:00;meier;7002;Read\n"


def told(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str) -> str:
    monkeypatch.chdir(folder)
    run(["init"])
    (folder / "log.csv").write_text(text, encoding="utf-8")
    capsys.readouterr()
    run(["trail", "log.csv"])
    return capsys.readouterr().out


@pytest.mark.parametrize("missing", sorted(ROWS))
def test_a_run_says_which_column_a_table_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    said = " ".join(told(tmp_path, monkeypatch, capsys, ROWS[missing]).split())

    assert [name for name in ROWS if f"trail.table-without-{name}" in said] == [missing]
    assert "cannot be judged" in said


def test_a_column_that_a_site_names_and_the_table_has_not_is_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "auditor.toml").write_text(
        '[[trail.tables]]\nfiles = "*.csv"\nseparator = ";"\n'
        'columns = {time = "Time", user = "User", patient = "MRN"}\n',
        encoding="utf-8",
    )

    assert "trail.table-without-patients" in told(tmp_path, monkeypatch, capsys, WHOLE)


def test_a_table_with_both_is_not_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "table-without" not in told(tmp_path, monkeypatch, capsys, WHOLE)


def test_lines_that_end_in_a_separator_do_not_hide_that_a_column_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(tmp_path, monkeypatch, capsys, ROWS["users"].replace("\n", ";\n"))

    assert "trail.table-without-users" in said
