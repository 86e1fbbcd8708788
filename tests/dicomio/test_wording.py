"""Characters in bytes that tell something, and ones that are there by chance."""

import pytest

from auditor.dicomio.wording import says


@pytest.mark.parametrize("text", ["24.4.37", "7/12/58", "03-09-61"])
def test_a_short_date_alone_tells_something(text):
    assert says(text, clean=False)


@pytest.mark.parametrize("text", ["1.2.3", "4.5", "1.10.3", "#$ 1"])
def test_single_digits_with_stops_tell_nothing(text):
    assert not says(text, clean=False)
