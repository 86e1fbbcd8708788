"""Which frames to look at, so that text shown in a tenth of them is met."""

_SHARE = 10  # text in one frame of ten, in one run, is met with certainty
_EXTRA = 0.618033988749895  # and scattered text with a second, evenly scattered sample


def sample(frames: int, most: int = 64) -> tuple[int, ...]:
    """Frames to look at, sorted: the first, the last, and steps of half a tenth; every frame of short runs.

    A run of consecutive frames as long as a tenth of all contains at least one frame of the sample. `most` bounds
    the sample for very long runs of frames; at least 21 are taken.
    """
    if frames <= 2 * _SHARE:
        return tuple(range(frames))
    step = max(1, frames // (2 * _SHARE))
    chosen = {*range(0, frames, step), frames - 1}
    scattered = (int((index * _EXTRA % 1.0) * frames) for index in range(max(0, most - len(chosen))))
    chosen.update(scattered)
    return tuple(sorted(chosen))
