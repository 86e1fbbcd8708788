"""Made-up hospitals that share no word with each other: what is planted is told by its name, oddities stay quiet."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.config.trail import TrailSettings
from auditor.trail import investigate
from fixtures.makers.wards.estate import make
from fixtures.makers.wards.score import Score, score
from fixtures.makers.wards.shape import shapes

NOW = datetime(2026, 12, 31, tzinfo=UTC)


def scored(folder: Path, name: str, *, stories: bool = True, context: bool = True) -> Score:
    make(folder, shapes()[name], stories=stories)
    with ExitStack() as stack:
        logs = investigate.find_logs(["logs"], folder)
        settings = TrailSettings(zone=shapes()[name].zone)
        tables = folder / "context" if context else None
        found = investigate.open_investigation(stack, logs, settings, tables, NOW, workers=1)
        investigate.detect(found, NOW)
        assert found.failed == {}
        assert not any(item.tally.rejections for item in found.logs)
        return score(folder, found.incidents)


@pytest.mark.parametrize("name", ["lane", "hafen", "gracht", "north"])
def test_stories_are_found_and_named_and_oddities_stay_quiet(tmp_path: Path, name: str) -> None:
    result = scored(tmp_path, name)

    assert result.planted > 45
    assert result.odd == []
    assert result.found >= 0.95 * result.planted, result.missed
    assert result.named >= 0.95 * result.planted, result.misnamed
    assert result.true >= 0.97 * result.told, result.false


def test_a_house_with_oddities_alone_alarms_nobody(tmp_path: Path) -> None:
    result = scored(tmp_path, "small", stories=False)

    assert result.false + result.odd == []


def test_without_context_behaviour_alone_still_tells_most(tmp_path: Path) -> None:
    result = scored(tmp_path, "small", context=False)

    assert result.found >= 0.5 * result.planted, result.missed
    assert result.true >= 0.8 * result.told, result.false + result.odd
