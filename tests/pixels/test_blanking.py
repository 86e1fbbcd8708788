"""Blanking covers every frame and sample of a region and nothing else."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.pixels.blanking import blank
from auditor.pixels.region import Region, union


@given(
    st.integers(1, 4),
    st.integers(1, 3).map(lambda samples: 3 if samples == 2 else 1),
    st.tuples(st.integers(-5, 20), st.integers(-5, 20), st.integers(0, 30), st.integers(0, 30)),
)
@settings(max_examples=100, deadline=None)
def test_a_region_is_filled_on_every_frame_and_the_rest_stays(frames: int, samples: int, box: tuple[int, ...]) -> None:
    shape = ((frames,) if frames > 1 else ()) + (12, 16) + ((samples,) if samples > 1 else ())
    array = np.random.default_rng(1).integers(10, 4000, shape, np.uint16)
    x0, y0, width, height = box
    region = Region((x0, y0, x0 + width, y0 + height))
    done = blank(array, [region], frames=frames, samples=samples, value=7)
    full = done.reshape(frames, 12, 16, samples)
    inside = np.zeros((12, 16), bool)
    inside[max(0, y0) : max(0, y0 + height), max(0, x0) : max(0, x0 + width)] = True
    assert (full[:, inside] == 7).all()
    assert (full[:, ~inside] == array.reshape(full.shape)[:, ~inside]).all()
    assert array.min() >= 10


def test_only_the_frames_named_are_blanked() -> None:
    done = blank(np.full((4, 3, 3), 9, np.uint8), [Region((0, 0, 3, 3), 1, 2)], frames=4, value=0)
    assert [int(frame.max()) for frame in done] == [9, 0, 0, 9]


def test_without_a_value_the_darkest_is_taken() -> None:
    array = np.array([[5, 9], [9, 9]], np.int16) - 2000
    assert blank(array, [Region((1, 1, 2, 2))])[1, 1] == -1995


def test_a_shape_that_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="does not hold 3 frames"):
        blank(np.zeros((2, 4, 4), np.uint8), [], frames=3)


def test_union_is_the_smallest_box_around_both() -> None:
    assert union((0, 5, 4, 9), (2, 1, 8, 6)) == (0, 1, 8, 9)
