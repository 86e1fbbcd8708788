"""Frames are sampled so that text in a tenth of them is met."""

from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.pixels.sampling import sample


@given(st.integers(1, 5000), st.floats(0, 1))
@settings(max_examples=300, deadline=None)
def test_a_run_of_a_tenth_of_all_frames_holds_one_of_the_sample(frames: int, where: float) -> None:
    run = max(1, -(-frames // 10))
    first = int(where * (frames - run))
    chosen = set(sample(frames))
    assert chosen & set(range(first, first + run))
    assert chosen <= set(range(frames))


def test_short_runs_are_read_whole_and_long_ones_are_bounded() -> None:
    assert sample(20) == tuple(range(20))
    assert len(sample(100_000)) <= 64
    assert {0, 99_999} <= set(sample(100_000))
