"""Dates are read in every layout, and a shifted date is written back in the layout of the old one."""

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.identifiers import dates

DAY = datetime.date(1986, 5, 27)


@pytest.mark.parametrize(
    "text",
    [
        "19860527",
        "1986-05-27",
        "27.05.1986",
        "27/05/1986",
        "05/27/1986",
        "5/27/86",
        "27-May-86",
        "May 27, 1986",
        "27th of May 1986",
        "27. Mai 1986",
        "27 mai 1986",
        "27 de mayo de 1986",
        "27 maggio 1986",
        "27 mei 1986",
        "27 maj 1986",
        "27 мая 1986",
        "27. toukokuuta 1986",
        "1986年5月27日",
        "昭和61年5月27日",
        "1986년 5월 27일",
        "19860527143000.000+0200",
        "1986-05-27T14:30",
        "１９８６年５月２７日",
    ],
)
def test_a_written_date_is_read(text: str) -> None:
    assert dates.find(text)[0].date == DAY


@pytest.mark.parametrize(
    ("text", "shifted"),
    [
        ("seen 27.05.1986 here", "seen 30.06.1986 here"),
        ("05/27/86", "06/30/86"),
        ("27 APR 1986", "30 JUN 1986"),
        ("27. Mai 1986", "30. Juni 1986"),
        ("27 de mayo de 1986", "30 de junio de 1986"),
        ("1986年5月27日", "1986年6月30日"),
        ("昭和61年5月27日", "昭和61年6月30日"),
        ("19860527143000", "19860630143000"),
    ],
)
def test_another_date_is_written_in_the_layout_and_language_of_the_old(text: str, shifted: str) -> None:
    found = dates.find(text)[0]
    written = dates.rewrite(text, found, datetime.date(1986, 6, 30))
    assert text[: found.start] + written + text[found.end :] == shifted


@given(st.dates(datetime.date(1931, 1, 1), datetime.date(2029, 12, 31)), st.integers(-3000, 3000))
@settings(max_examples=150, deadline=None)
def test_a_shifted_date_reads_as_itself(day: datetime.date, offset: int) -> None:
    new = day + datetime.timedelta(days=offset)
    for text in (day.strftime("%Y%m%d"), day.strftime("%d.%m.%Y"), day.strftime("%B %d, %Y"), day.isoformat()):
        found = dates.find(text)[0]
        assert dates.find(dates.rewrite(text, found, new))[0].date == new


@pytest.mark.parametrize(
    "text", ["1.2.840.10008.20140121", "19.61 x 03.04", "99999999", "2014/13/45", "31.31.2020", ""]
)
def test_a_number_is_no_date(text: str) -> None:
    assert dates.find(text) == ()


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_the_search_and_spans_lie_in_it(text: str) -> None:
    for found in dates.find(text):
        assert 0 <= found.start < found.end <= len(text)


def test_a_date_with_two_meanings_gives_both() -> None:
    assert dates.find("01/02/2024")[0].candidates == (datetime.date(2024, 1, 2), datetime.date(2024, 2, 1))


def test_parse_takes_only_a_text_that_is_a_date() -> None:
    assert dates.parse(" 27.05.1986 ") == DAY
    assert dates.parse("on 27.05.1986") is None
