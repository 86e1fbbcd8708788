"""Which remedies are shown: the line of the product that reads the file, not those of all."""

import json

from auditor.cli.main import run
from auditor.report.remedies import fitting

_LINES = {"orthanc": '"DicomAlwaysAllowFind": false', "nginx": "deny all;"}
_OPEN = {"DicomAet": "ARCHIVE7", "DicomServerEnabled": True, "DicomAlwaysAllowFind": True}


def test_a_file_of_one_product_gets_the_line_of_that_product(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run(["init"])
    (tmp_path / "orthanc.json").write_text(json.dumps(_OPEN))
    (tmp_path / "inventory.yaml").write_text("configs:\n  - path: orthanc.json\n    product: orthanc\n")
    capsys.readouterr()

    run(["endpoints", "inventory.yaml"])

    told = capsys.readouterr().out
    assert "endpoints.config-anon-find" in told
    assert "fix (orthanc):" in told
    assert "fix (dcmqrscp):" not in told


def test_where_a_product_is_not_known_every_line_is_shown():
    assert fitting(_LINES, frozenset()) == _LINES
    assert fitting(_LINES, frozenset({"conquest"})) == _LINES
    assert fitting(_LINES, frozenset({"nginx"})) == {"nginx": "deny all;"}
