"""The scan finds people of many countries in every kind of place, and leaves alone what only looks like them.

The whole corpus is measured by `benchmarks/phi_variants.py`; here is a part of it, with bounds.
"""

import pytest

from fixtures.variants.build import write
from fixtures.variants.measure import judged, scan


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    folder = tmp_path_factory.mktemp("variants")
    key = write(folder, seed=23, step=6)
    return judged(key, scan(folder))


def _share(lines, property_of):
    return sum(map(property_of, lines)) / len(lines)


def test_what_is_planted_is_found_with_its_letter(lines):
    planted = [line for line in lines if line.planted.letter]
    assert len(planted) > 2500
    assert len({line.planted.country for line in planted}) > 10
    assert _share(planted, lambda line: line.hit) >= 0.995
    assert _share(planted, lambda line: line.right) >= 0.985


def test_outside_standard_attributes_too(lines):
    odd = [line for line in lines if line.planted.letter and line.planted.kind != "standard"]
    assert _share(odd, lambda line: line.hit) >= 0.99
    assert _share(odd, lambda line: line.whole) >= 0.97


def test_no_kind_of_place_is_forgotten(lines):
    kinds = {line.planted.kind for line in lines if line.planted.letter}
    assert len(kinds) > 25
    for kind in kinds:
        assert _share([line for line in lines if line.planted.kind == kind], lambda line: line.hit) >= 0.9, kind


def test_decoys_are_left_alone(lines):
    decoys = [line for line in lines if not line.planted.letter]
    assert len(decoys) > 3000
    assert _share(decoys, lambda line: line.hit) <= 0.002
