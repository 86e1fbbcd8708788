"""Small tables of a site: the separators and encodings of any country, and errors that repeat no cell."""

import pytest

from auditor.config.table import read_table
from auditor.errors import ConfigError

ROWS = [{"id": "0042", "town": "Győr"}, {"id": "7", "town": ""}]


def _read(path, **given):
    return [dict(row.cells) for row in read_table(path, "the list", most_bytes=10_000, **given)]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id,town\n0042,Győr\n7,\n", "utf-8"),
        ("id;town\r\n0042;Győr\r\n7;\r\n", "utf-8-sig"),
        ("sep=;\r\nid;town\r\n0042;Győr\r\n7\r\n", "utf-8-sig"),
        ("id\ttown\n0042\tGyőr\n\n7\t\n", "utf-16"),
        ('"id"|"town"|\n"0042"|" Győr "|\n7||\n', "utf-8"),
        (",id,town\n1,0042,Győr\n2,7,\n", "utf-8"),
        ("# ours\nid,town\n#9,Old\n0042,Győr\n7,\n", "utf-8"),
    ],
    ids=["comma", "semicolon", "sep line", "tab in UTF-16", "bars", "unnamed index", "comments"],
)
def test_a_table_is_read_as_any_spreadsheet_writes_it(tmp_path, text, encoding):
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    assert _read(path, comment="#") == ROWS


@pytest.mark.parametrize(
    ("content", "said", "line"),
    [
        (b"id,town\n1,Secretville,more\n", "more cells", ":2"),
        (b"id;id\n1;2\n", "same name", ":1"),
        (b"town\nSecretville\n", "no column id", ":1"),
        (b'id,town\n1,"Secretville\n', "cannot be read", ":2"),
        (b"id,town\n1,Secretville\xfc\n", "not in UTF-8", ""),
        (b"", "is empty", ""),
        (b"id,town\n" + b"1,Secretville\n" * 1000, "too large", ""),
    ],
    ids=["long row", "twice", "missing", "open quote", "code page", "empty", "large"],
)
def test_what_cannot_be_used_is_said_with_its_line_and_without_its_cells(tmp_path, content, said, line):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=said) as caught:
        _read(path, columns=("id",))
    assert "Secretville" not in str(caught.value)
    assert caught.value.where == f"{path}{line}"


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        _read(tmp_path / "none.csv")


def test_a_line_that_begins_with_a_number_sign_is_a_row_where_comments_are_not_agreed(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("id,town\n#9,Old\n", "utf-8")
    assert _read(path) == [{"id": "#9", "town": "Old"}]
