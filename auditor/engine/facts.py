"""Facts about the run itself: what the site decided to live with, and whether it still should."""

from auditor.model.facts import Catalogue, FactSpec, FactType

CATALOGUE = Catalogue.of(
    "run",
    (
        FactSpec("waiver_rule", FactType.TEXT, "id of the waived rule", plain=True),
        FactSpec("waiver_ticket", FactType.TEXT, "ticket under which the waiver was granted", plain=True),
        FactSpec("waiver_subject", FactType.TEXT, "glob of the subjects it covers"),
        FactSpec("waiver_source", FactType.TEXT, "file and line it is written on", plain=True),
        FactSpec("waiver_days_left", FactType.NUMBER, "whole days until it ends; negative once it has", plain=True),
        FactSpec("waiver_used", FactType.FLAG, "whether it waived anything in this run", plain=True),
        FactSpec("waiver_in_scope", FactType.FLAG, "whether its rule was on and its room looked at", plain=True),
    ),
)
