"""A catalogue declares each fact once, and knows its fields by name."""

import pytest

from auditor.model.facts import Catalogue, FactSpec, FactType

NAME = FactSpec("name", FactType.TEXT, "a name")
LIST = FactSpec("places", FactType.RECORDS, "places", fields=(NAME,))


def test_a_fact_declared_twice_is_refused():
    with pytest.raises(ValueError, match="declares a fact twice"):
        Catalogue.of("headers", (NAME, NAME))


def test_a_catalogue_is_asked_by_name():
    catalogue = Catalogue.of("headers", (NAME, LIST))
    assert list(catalogue) == [NAME, LIST]
    assert "places" in catalogue
    assert "plces" not in catalogue
    assert catalogue.get("name") is NAME
    assert catalogue.get("plces") is None


def test_a_field_is_found_by_its_name():
    assert LIST.field_named("name") is NAME
    assert LIST.field_named("nam") is None
