"""AE titles that nobody registered: what they ask for and what they are sent is one story."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.trail.test_other_houses import event, investigated


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def test_a_title_that_asks_and_is_sent_to_is_an_unknown_node_and_not_the_archive_s_move(
    tmp_path: Path, stack: ExitStack
) -> None:
    asked = [event(n, "", "query", src="HOROS", dst="ARCH", patient=str(n)) for n in range(4)]
    sent = [event(n + 0.5, "ARCH", "retrieve", src="ARCH", dst="HOROS", patient=str(n)) for n in range(4)]
    found = investigated(stack, tmp_path, [*asked, *sent], devices="ae_title,approved\nARCH,1\n")

    assert [(item.kind, item.entities[0], item.count) for item in found.incidents] == [("unknown_ae", "HOROS", 8)]
