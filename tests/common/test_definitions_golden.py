"""What was published keeps its bytes: an event cites a definition by the hash of them, for as long as logs are kept."""

from pathlib import Path

import pytest

from common.definitions import DEFINITION, canonical

GOLDEN = sorted((Path(__file__).parents[1] / "golden/definitions").glob("*.jsonl"))


@pytest.mark.parametrize("release", GOLDEN, ids=lambda path: path.stem)
def test_a_definition_of_an_earlier_release_has_the_bytes_that_it_had(release: Path) -> None:
    published = release.read_bytes().splitlines()
    assert len(published) > 100
    assert [canonical(DEFINITION.decode(raw)) for raw in published] == published
