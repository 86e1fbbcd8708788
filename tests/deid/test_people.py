"""Persons, UIDs and dates are replaced the same way everywhere, and never without the key."""

import re
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from auditor.deid import dates
from auditor.deid.naming import Names
from auditor.deid.people import People, Stated, Subject
from auditor.deid.uids import UidMap
from auditor.identifiers.detectors import Detectors
from auditor.identifiers.field import Field, Nature
from auditor.identifiers.identity import Identity

KEY = b"k" * 32
WINDOW = (-3650, -365)


def people(*stated: Stated, key: bytes = KEY, subjects: tuple[Subject, ...] = ()) -> People:
    made = People(key, WINDOW, "P", subjects)
    for one in stated:
        made.add(one)
    return made


def test_a_person_is_the_same_in_every_run_and_on_every_machine():
    one = Stated("4711", "Kowalska^Zofia", "19600101", "1.2.3")
    assert people(one).person(one) == people(one).person(one)


def test_another_key_gives_another_pseudonym_and_another_offset():
    one = Stated("4711", "Kowalska^Zofia", "19600101", "1.2.3")
    other = people(one, key=b"x" * 32).person(one)
    assert other.pseudonym != people(one).person(one).pseudonym


def test_two_patients_who_share_an_id_are_told_apart():
    first = Stated("1", "Okafor^Ada", "19500101", "1.1")
    second = Stated("1", "Lindqvist^Nils", "19800202", "1.2")
    made = people(first, second)
    assert made.shared() == ("1",)
    assert made.person(first).pseudonym != made.person(second).pseudonym


def test_a_second_spelling_of_a_name_does_not_split_a_patient():
    first = Stated("1", "Okafor^Ada", "19500101", "1.1")
    second = Stated("1", "Okafor^Ada^M", "19500101", "1.2")
    made = people(first, second)
    assert made.shared() == ()
    assert made.person(first).pseudonym == made.person(second).pseudonym


def test_a_table_joins_two_ids_of_one_patient():
    first, second = Stated("A1", "X^Y", "", "1"), Stated("B2", "X^Y", "", "2")
    made = people(first, second, subjects=(Subject("A1", "SUBJ-1"), Subject("B2", "SUBJ-1")))
    assert made.joined() == 1
    assert made.person(first).pseudonym == made.person(second).pseudonym == "SUBJ-1"
    assert made.person(first).days == made.person(second).days


def test_files_without_any_patient_keep_their_studies_apart():
    made = people()
    assert made.person(Stated("", "", "", "1.1")).key != made.person(Stated("", "", "", "1.2")).key


@given(st.text(min_size=1, max_size=30))
def test_the_offset_lies_in_the_window_and_is_never_zero(name):
    assert WINDOW[0] <= people().offset(name) <= WINDOW[1]


@given(
    st.dates(date(1880, 1, 1), date(2100, 1, 1)), st.dates(date(1880, 1, 1), date(2100, 1, 1)), st.integers(-3650, -1)
)
def test_every_interval_is_kept(first, second, days):
    moved = [dates.shift_date(one.strftime("%Y%m%d"), days) for one in (first, second)]
    back = [date(int(one[:4]), int(one[4:6]), int(one[6:])) for one in moved]
    assert back[1] - back[0] == second - first
    assert back[0] == first + timedelta(days=days)


def test_date_times_keep_time_fraction_and_zone():
    assert dates.shift_date_time("20200131101112.123+0100", -31) == "20191231101112.123+0100"
    assert dates.shift_date_time("20200131", -31) == "20191231"
    assert dates.shift_range("20200131-20200201", -31) == "20191231-20200101"
    assert dates.shift_date("not a date", -31) is None
    assert dates.shift_date("20201332", -31) is None


def test_ages_over_89_become_one_category():
    assert dates.cap_age("089Y") == "089Y"
    assert dates.cap_age("090Y") == dates.cap_age("104Y") == "090Y"
    assert dates.cap_age("999M") == "999M"
    assert dates.cap_age("ninety") is None


def test_a_birth_date_never_says_more_than_ninety():
    assert dates.shift_birth("19000101", "20200101", -365) == "19290101"
    assert dates.shift_birth("19800101", "20200101", -365) == "19790101"


@given(st.from_regex(r"[0-2](\.(0|[1-9][0-9]{0,9})){4,8}", fullmatch=True))
def test_a_new_uid_is_valid_short_and_always_the_same(uid):
    new = UidMap(KEY).new(uid)
    if uid.startswith("1.2.840.10008."):
        assert new == uid
    else:
        assert new == UidMap(KEY).new(uid + "\0") != UidMap(b"x" * 32).new(uid)
        assert new.startswith("2.25.")
        assert len(new) <= 64
        assert str(int(new[5:])) == new[5:]


def test_uids_of_the_standard_stay_and_uids_in_prose_follow():
    uids = UidMap(KEY)
    assert uids.new("1.2.840.10008.5.1.4.1.1.2") == "1.2.840.10008.5.1.4.1.1.2"
    uid = "1.3.6.1.4.1.5962.99.1.2280943358"
    assert uids.in_text(f"compare {uid}, lesion 1.5.2") == f"compare {uids.new(uid)}, lesion 1.5.2"


def test_what_stands_for_a_person_or_a_file_is_never_taken_for_an_identifier():
    detectors, nobody = Detectors(), Identity()
    names = Names("{instance}", KEY)
    for number in range(300):
        person = people().person(Stated(str(number), "", "", ""))
        for nature in (Nature.PERSON_NAME, Nature.IDENTIFIER, Nature.FREE_TEXT):
            assert not detectors.find(person.pseudonym, nobody, Field(nature))
        for word in (person.token, names.token("instance", str(number))):
            assert not detectors.find(f"{word}.dcm", nobody, Field(Nature.FILE_NAME))


def test_no_new_uid_holds_digits_that_pass_for_a_date():
    uids = UidMap(KEY)
    made = [uids.new(f"1.2.840.99.{number}") for number in range(2000)]
    assert len(set(made)) == 2000
    assert not [uid for uid in made if re.search(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", uid)]
    assert all(len(uid) <= 64 and uid.startswith("2.25.") for uid in made)
