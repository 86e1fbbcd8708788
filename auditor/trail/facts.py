"""Every fact the trail room can supply: about one incident, and about one log."""

from auditor.model.facts import Catalogue, FactSpec, FactType

_PERSON = (
    FactSpec("locator", FactType.TEXT, "what the name is: user, AE title, address or source", plain=True),
    FactSpec("value", FactType.TEXT, "the name"),
)
_EVENT = (
    FactSpec("locator", FactType.TEXT, "log and line, names of logs masked", plain=True),
    FactSpec("value", FactType.TEXT, "source and number of the record"),
)
_SENTENCE = (FactSpec("value", FactType.TEXT, "one sentence without names", plain=True),)
_PLACE = (
    FactSpec("locator", FactType.TEXT, "line", plain=True),
    FactSpec("reason", FactType.TEXT, "what is wrong with it", plain=True),
)

CATALOGUE = Catalogue.of(
    "trail",
    (
        FactSpec("kind", FactType.TEXT, "kind of the incident", plain=True),
        FactSpec(
            "score",
            FactType.NUMBER,
            "how much the incident deserves to be read first, 0 to 100",
            plain=True,
            grows=True,
        ),
        FactSpec(
            "amount",
            FactType.NUMBER,
            "what the kind is judged by: failures, studies, patients, minutes",
            plain=True,
            grows=True,
        ),
        FactSpec("events", FactType.NUMBER, "events of the story", plain=True, grows=True),
        FactSpec("patients", FactType.NUMBER, "different patients", plain=True, grows=True),
        FactSpec(
            "people",
            FactType.NUMBER,
            "users, AE titles, addresses and sources the story is about",
            plain=True,
            grows=True,
        ),
        FactSpec("started", FactType.MOMENT, "when it began, UTC", plain=True, grows=True),
        FactSpec("ended", FactType.MOMENT, "when it ended, UTC", plain=True, grows=True),
        FactSpec(
            "relation", FactType.TEXT, "what the patient is to the user, when the story is about that", plain=True
        ),
        FactSpec("outside", FactType.FLAG, "it came from outside the hospital's networks", plain=True),
        FactSpec("succeeded", FactType.FLAG, "a log-in succeeded after the failures", plain=True),
        FactSpec("slow", FactType.FLAG, "spread over hours, to stay below thresholds", plain=True),
        FactSpec("reasoned", FactType.FLAG, "context was there to explain accesses by", plain=True),
        FactSpec("who", FactType.RECORDS, "whom the story is about", fields=_PERSON, grows=True),
        FactSpec("whom", FactType.RECORDS, "the patients, the first twelve", fields=_PERSON, grows=True),
        FactSpec("what", FactType.RECORDS, "the events, the first twelve", fields=_EVENT, grows=True),
        FactSpec("why", FactType.RECORDS, "why it is suspicious", fields=_SENTENCE, grows=True),
        FactSpec("excuse", FactType.RECORDS, "what would explain it", fields=_SENTENCE, grows=True),
        FactSpec("log_format", FactType.TEXT, "format the log was read as; empty when none fits", plain=True),
        FactSpec("log_lines", FactType.NUMBER, "lines or records read from the log", plain=True, grows=True),
        FactSpec("log_events", FactType.NUMBER, "events made of them", plain=True, grows=True),
        FactSpec(
            "log_rejected",
            FactType.NUMBER,
            "lines that look like audit records and could not be used",
            plain=True,
            grows=True,
        ),
        FactSpec(
            "log_rejected_share",
            FactType.NUMBER,
            "rejected lines as a share of events and rejected, 0 to 1",
            plain=True,
            grows=True,
        ),
        FactSpec(
            "log_repaired",
            FactType.NUMBER,
            "lines used after a repair (encoding, NUL bytes, interleaving)",
            plain=True,
            grows=True,
        ),
        FactSpec("log_damaged", FactType.TEXT, "what ended the reading early; absent when nothing did", plain=True),
        FactSpec(
            "log_proposed",
            FactType.FLAG,
            "a table read by a mapping that was proposed, not written by the site",
            plain=True,
        ),
        FactSpec(
            "log_without_user",
            FactType.FLAG,
            "a table of which no column holds the user; absent for other logs",
            plain=True,
        ),
        FactSpec(
            "log_without_patient",
            FactType.FLAG,
            "a table of which no column holds the patient; absent for other logs",
            plain=True,
        ),
        FactSpec("log_twin", FactType.FLAG, "byte for byte the same as another log of this run", plain=True),
        FactSpec("log_repeated", FactType.NUMBER, "records that another log of this run holds already", plain=True),
        FactSpec(
            "log_out_of_order",
            FactType.NUMBER,
            "records earlier by more than an hour than one before them in the log",
            plain=True,
        ),
        FactSpec("log_local_times", FactType.NUMBER, "events whose time carries no zone", plain=True, grows=True),
        FactSpec("log_future", FactType.NUMBER, "events later than the run", plain=True, grows=True),
        FactSpec(
            "log_vanished", FactType.NUMBER, "records that the last run read and this one did not find", plain=True
        ),
        FactSpec("log_changed", FactType.FLAG, "the part read last time now has other bytes", plain=True),
        FactSpec(
            "log_unnumbered",
            FactType.FLAG,
            "records carry no numbers, so that a missing one cannot be noticed",
            plain=True,
        ),
        FactSpec(
            "log_problems",
            FactType.RECORDS,
            "the first rejected and repaired lines, some of every reason",
            fields=_PLACE,
            grows=True,
        ),
        FactSpec(
            "log_places",
            FactType.RECORDS,
            "where the first records stand that lie in the future, are out of order, in another log too, ...",
            fields=_PLACE,
            grows=True,
        ),
    ),
)
