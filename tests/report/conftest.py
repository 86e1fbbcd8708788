"""One stored run, one drawn PDF and one small PKI for all report tests; making them once keeps the suite fast."""

from datetime import UTC, datetime

import pytest

from auditor.report.build import Look, draw, folders
from auditor.report.sign import Signing, sign
from auditor.store.folder import open_store
from tests.report.pki import Estate, timestamp_server
from tests.store.runs import seal_run


@pytest.fixture(scope="session")
def store(tmp_path_factory):
    store = open_store(tmp_path_factory.mktemp("store"))
    seal_run(store)
    seal_run(store)
    return store


@pytest.fixture(scope="session")
def stored(store):
    return store.load()


@pytest.fixture(scope="session")
def estate():
    return Estate()


@pytest.fixture(scope="session")
def places():
    return folders(Look())


@pytest.fixture(scope="session")
def drawn(stored, estate):
    content, _ = draw(stored, signer="Ada Auditor", certificate=estate.key.pem())
    return content


@pytest.fixture(scope="session")
def signed(drawn, estate, places):
    return sign(drawn, Signing(estate.key), datetime.now(UTC), reason="test", folders=places).content


@pytest.fixture(scope="session")
def tsa(estate):
    with timestamp_server(estate.authority) as url:
        yield url
