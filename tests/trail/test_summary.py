"""The last line of a search of logs."""

from pathlib import Path

import pytest

from auditor.cli.main import run
from tests.trail.test_bad_days import day, written


@pytest.mark.parametrize(("names", "says"), [(["a.log"], "1 log · "), (["a.log", "b.log"], "2 logs · ")])
def test_it_counts_logs_and_one_is_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], names: list[str], says: str
) -> None:
    for place, name in enumerate(names):
        written(tmp_path, day()[10 * place :], name)

    run(["trail", str(tmp_path / "logs"), "--store", str(tmp_path / "store"), "--config", _config(tmp_path)])

    assert says in capsys.readouterr().out.splitlines()[-1]


def _config(folder: Path) -> str:
    (folder / "auditor.toml").write_text('[site]\nname = "House"\n', encoding="utf-8")
    return str(folder / "auditor.toml")
