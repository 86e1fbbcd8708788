"""A key file is for its owner alone, and is never overwritten."""

import stat

import pytest

from auditor.config.keyfile import KEY_BYTES, read_key, write_key
from auditor.errors import ConfigError


def test_a_new_key_is_read_back_and_for_its_owner_only(tmp_path):
    file = tmp_path / "site.key"
    write_key(file)
    assert len(read_key(file)) == KEY_BYTES
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_key(file)


def test_a_key_that_others_can_read_is_refused(tmp_path):
    file = tmp_path / "site.key"
    write_key(file)
    file.chmod(0o644)
    with pytest.raises(ConfigError) as caught:
        read_key(file)
    assert caught.value.next_step.startswith("chmod 600")


@pytest.mark.parametrize("content", [b"", b"abcd", b"not hex at all", b"\xff\xfe"])
def test_what_is_no_key_is_refused_without_showing_it(tmp_path, content):
    file = tmp_path / "site.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(ConfigError) as caught:
        read_key(file)
    assert "not hex" not in str(caught.value)
