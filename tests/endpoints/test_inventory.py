"""Inventories through the command: what is understood, what is refused, and where the fault is."""

from pathlib import Path

import pytest

from auditor.cli.main import run
from auditor.endpoints.inventory import load_inventory

_ROWS = (
    ("Host", "port", "kind", "called_ae", "allow_find"),
    ("127.0.0.1", "104", "dicom", "NORTHSTORE", "true"),
    ("::1", "8443", "http+tls", "", "false"),
)


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_with_any_separator_lists_the_same_ports(separator: str, tmp_path: Path) -> None:
    path = tmp_path / "inventory.csv"
    path.write_text("# our ports\n" + "\n".join(separator.join(row) for row in _ROWS), encoding="utf-8-sig")
    first, second = load_inventory(path).endpoints
    assert (first.host, first.port, first.called_ae, first.allow_find) == ("127.0.0.1", 104, "NORTHSTORE", True)
    assert (second.host, second.port, second.kind, second.allow_find) == ("::1", 8443, "http+tls", False)


def test_yaml_and_csv_of_the_same_ports_are_the_same_inventory(tmp_path: Path) -> None:
    table, tree = tmp_path / "inventory.csv", tmp_path / "inventory.yaml"
    table.write_text("host,port,kind\n10.0.0.7,104,dicom\n")
    tree.write_text("endpoints:\n  - {host: 10.0.0.7, port: 104, kind: dicom}\n")
    assert load_inventory(table) == load_inventory(tree)


@pytest.mark.parametrize(
    ("name", "text", "line", "said"),
    [
        ("a.yaml", "endpoints:\n  - host: 127.0.0.1\n    port: 104\n    kind: dicom\n    calld_ae: X\n", 5, "calld_ae"),
        ("b.yaml", "endpoints:\n  - host: 127.0.0.1\n    port: 70000\n    kind: dicom\n", 3, "port"),
        ("c.yaml", "endpoints:\n  - host: 127.0.0.1\n    port: 104\n    kind: gopher\n", 4, "kind"),
        ("d.csv", "host,port,kind,calld_ae\n127.0.0.1,104,dicom,X\n", 2, "calld_ae"),
        ("e.csv", "# ours\n\nhost;port;kind\n127.0.0.1;104;dicom\n127.0.0.1;zero;dicom\n", 5, "port"),
        ("g.csv", "host,port,kind\n127.0.0.1,104,dicom,lost\n", 2, "more cells"),
        ("f.yaml", "a: &a [1]\nendpoints: *a\n", 1, "a"),
    ],
)
def test_a_fault_in_an_inventory_is_told_with_its_line(
    name: str, text: str, line: int, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert run(["endpoints", str(path), "--store", str(tmp_path / "store")]) == 2
    told = capsys.readouterr().err
    assert f"{name}:{line}" in told
    assert said in told


@pytest.mark.parametrize("text", ["endpoints: []\n", "{}\n"])
def test_an_inventory_that_lists_nothing_is_no_clean_run(text: str, tmp_path: Path) -> None:
    path = tmp_path / "inventory.yaml"
    path.write_text(text)
    assert run(["endpoints", str(path), "--store", str(tmp_path / "store")]) == 2


def test_a_csv_that_is_no_text_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "inventory.csv"
    path.write_bytes(b"host,port,kind\n\xff\xfe,1,dicom\n")
    assert run(["endpoints", str(path), "--store", str(tmp_path / "store")]) == 2
    assert "not in UTF-8" in capsys.readouterr().err
