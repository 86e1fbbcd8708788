"""Small, faint, turned and coloured text in pictures is read; what machines write on pictures names no one.

All styles are measured by `benchmarks/phi_pictures.py`; here are the hardest of them.
"""

import pytest

from auditor.pixels.reader import missing
from fixtures.variants.measure import judged, scan
from fixtures.variants.pictures import STYLES, write

_CHOSEN = ("8 px", "turned left", "palette", "icon 8 px")


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    assert not missing()
    folder = tmp_path_factory.mktemp("pictures")
    key = write(folder, seed=19, styles=tuple(style for style in STYLES if style.name in _CHOSEN))
    return judged(key, scan(folder, ocr=True))


def test_text_in_hard_pictures_is_found(lines):
    planted = [line for line in lines if line.planted.letter]
    assert {line.planted.kind for line in planted} == set(_CHOSEN)
    assert sum(line.hit for line in planted) >= 0.9 * len(planted)
    assert sum(line.right for line in planted) >= 0.85 * len(planted)


def test_technical_text_in_pictures_is_left_alone(lines):
    assert not [line.planted.text for line in lines if not line.planted.letter and line.hit]
