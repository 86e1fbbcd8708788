"""A report in another language is whole: templates, rules, frameworks and rooms, and nothing lost on the way."""

import re
from dataclasses import replace
from importlib.resources import files

import pytest
import yaml

from auditor.audit.deidjob import NO_PROJECT_KEY
from auditor.audit.plan import NO_KEY
from auditor.deid.certificate import risks
from auditor.dicomio import Reason
from auditor.dicomio.refuse import Why
from auditor.errors import ConfigError
from auditor.model.outcome import Outcome
from auditor.model.run import Note
from auditor.report.build import KINDS, Look, draw
from auditor.report.compare import compare
from auditor.report.devca import TRUST_SENTENCE
from auditor.report.language import load_language, read_catalogue
from auditor.report.redraw import WHAT
from auditor.report.templates import environment
from auditor.resources import reports_folder, rules_folder
from auditor.store.folder import open_store
from tests.store.runs import make_finding, make_framework, make_rules, make_run, seal_run

LOCALE = reports_folder() / "shared" / "locale"
ROOMS = ("headers", "endpoints", "trail", "deid", "run")
LEAST = 0.95  # rules change; one that is new stands in English until somebody translates it
CODE = re.compile(r'`[^`]+`|\{[a-z_]+\}|%\(\w+\)s|\d+|"[A-Z]\w+"|--[a-z-]+|\+[a-z]{2,}\b')
NUMBERS_SAID_OTHERWISE = {"%(hour)s:00"}  # „ab 14 Uhr“


@pytest.fixture(scope="module")
def german():
    return load_language("de")


def test_languages_are_files(german):
    assert german.gettext("Scope") == "Umfang"
    assert german.gettext("never translated") == "never translated"
    assert german.ngettext("%(n)s finding", "%(n)s findings", 2) == "%(n)s Befunde"
    assert load_language("en").ngettext("a", "b", 1) == "a"
    with pytest.raises(ConfigError, match="'xx'") as caught:
        load_language("xx")
    assert caught.value.right == "one of de, en"
    with pytest.raises(ConfigError):
        load_language("../../etc/passwd")


@pytest.mark.parametrize("text", ['msgid "a\n', "msgstr[0] x\n", '"lonely"\n'])
def test_a_broken_catalogue_is_told_with_its_line(text, tmp_path):
    file = tmp_path / "xx.po"
    file.write_text("# words\n" + text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_catalogue(file)
    assert caught.value.where == f"{file}:2"


def test_no_sentence_stands_in_two_catalogues():
    catalogues = [set(read_catalogue(file)) for file in LOCALE.glob("de*.po")]
    assert len(catalogues) == 5
    assert sum(map(len, catalogues)) == len(set().union(*catalogues))


@pytest.mark.parametrize("file", sorted(LOCALE.glob("de*.po")), ids=lambda file: file.stem)
def test_places_code_and_numbers_are_the_same_on_both_sides(file):
    for english, forms in read_catalogue(file).items():
        if not any(text in english for text in NUMBERS_SAID_OTHERWISE):
            for text in forms:
                assert set(CODE.findall(text)) == set(CODE.findall(english)), english


def test_every_sentence_of_the_templates_is_in_the_german_catalogue(german):
    engine = environment(load_language("en"))
    for file in reports_folder().rglob("*.j2"):
        for _, _, message in engine.extract_translations(file.read_text("utf-8")):
            key = message[0] if isinstance(message, tuple) else message
            assert key is None or key in german.words, (file.name, key)


def _said(folder, *, of):
    return [yaml.safe_load(file.read_text("utf-8")) for name in of for file in (folder / name).glob("*.yaml")]


def _rules(part):
    """What all rules say in one part, each sentence once."""
    said = [rule[part] for rule in _said(rules_folder(), of=ROOMS)]
    return {text.strip() for item in said for text in (item.values() if isinstance(item, dict) else (item,))}


@pytest.mark.parametrize("part", ["title", "message", "remediation"])
def test_what_rules_say_is_german(part, german):
    texts = _rules(part)
    assert len(texts) > 300
    assert sum(_german(text, german) for text in texts) > LEAST * len(texts)


@pytest.mark.parametrize(("name", "parts"), [("de-rules", ("title", "message")), ("de-remedies", ("remediation",))])
def test_what_no_rule_says_any_more_is_taken_out(name, parts):
    kept = set(read_catalogue(LOCALE / f"{name}.po"))
    texts = set().union(*map(_rules, parts))
    assert len(kept & texts) > LEAST * len(kept)


def test_what_frameworks_say_is_german(german):
    laws = _said(rules_folder(), of=("frameworks",))
    items = [item for law in laws for item in (law, {"title": law["edition"]}, *law["requirements"])]
    for part, least in (("title", 300), ("attestation", 100)):
        texts = {item[part].strip() for item in items if part in item}
        assert len(texts) > least
        assert sum(text in german.words for text in texts) > LEAST * len(texts)


def _german(text, german):
    return text in german.words or german.told(text) != text


def test_why_something_was_not_read_is_german(german):
    listed = files("auditor.dicomio").joinpath("data/formats.csv").read_text("utf-8").splitlines()
    formats = [line.rpartition(",")[2].lstrip("+") for line in listed if line[:1].isdigit()]
    assert len(formats) > 10
    texts = [*Why, *Reason, *formats, *risks(), NO_KEY, NO_PROJECT_KEY]
    assert sum(text in german.words for text in texts) > LEAST * len(texts)


def test_kinds_of_incidents_have_german_names(german):
    kinds = yaml.safe_load(files("auditor.trail").joinpath("data/kinds.yaml").read_text("utf-8"))
    assert sum(kind.replace("_", " ") in german.words for kind in kinds) > LEAST * len(kinds)


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("The certificate ends within 9 days.", "Das Zertifikat endet innerhalb von 9 Tagen."),
        (
            "Empty or remove PatientName (0010,0010) and its like in every file of the study, then scan again.",
            "PatientName (0010,0010) und gleichartige Attribute in jeder Datei der Untersuchung leeren oder entfernen, "
            "dann erneut prüfen.",
        ),
        (
            "cert_revoked: the inventory names no CRL; plaintext: no answer to an association request in time",
            "cert_revoked: das Inventar nennt keine CRL; plaintext: auf eine Assoziationsanfrage kam rechtzeitig keine "
            "Antwort",
        ),
        ("not DICOM: a PNG picture", "kein DICOM: ein PNG-Bild"),
        (
            "brute force · A•• and 1 more · 2026-11-10 03:00 to 03:04 (Europe/Berlin): 24 failed log-ins in 4 minutes",
            "Passwortraten · A•• und 1 weitere · 2026-11-10 03:00 bis 03:04 (Europe/Berlin): 24 fehlgeschlagene "
            "Anmeldungen in 4 Minuten",
        ),
        (
            "cipher: no profile is given, and the version of DCMTK is not known (since 3.6.8: +pg; before 3.6.8: +py)",
            "cipher: es ist kein Profil angegeben, und die Version von DCMTK ist nicht bekannt (ab 3.6.8: +pg; vor "
            "3.6.8: +py)",
        ),
        ("Context tables used: care, moves. Missing: none.", "Verwendete Kontexttabellen: care, moves. Keine fehlt."),
        ("s•••/I••: never: translated; A · b (c: d)", "s•••/I••: never: translated; A · b (c: d)"),
    ],
)
def test_sentences_with_places_and_of_several_parts_are_translated(english, said, german):
    assert german.told(english) == said
    assert load_language("en").told(english) == english


def test_a_site_brings_its_own_catalogues(tmp_path):
    (tmp_path / "xx.po").write_text('msgid "Scope"\nmsgstr "Ambit"\n', "utf-8")
    (tmp_path / "xx-rules.po").write_text('msgid "{n} ports"\nmsgstr "{n} portus"\n', "utf-8")
    own = load_language("xx", tmp_path)
    assert (own.gettext("Scope"), own.told("7 ports")) == ("Ambit", "7 portus")


SAID = {
    "The certificate has expired": "Das Zertifikat ist abgelaufen",
    "The certificate's last day is over.": "Der letzte Gültigkeitstag des Zertifikats ist vorbei.",
    "Leave the version out of the Server header, or the header out of the answer.": (
        "Die Version aus dem Server-Header weglassen oder den Header aus der Antwort."
    ),
    "the inventory names no CRL": "das Inventar nennt keine CRL",
    "The incident policy.": "Die Richtlinie für Sicherheitsvorfälle.",
    "The run was interrupted before everything was looked at.": "Der Lauf wurde abgebrochen, bevor alles geprüft war.",
}


@pytest.fixture(scope="module")
def speaking(tmp_path_factory):
    """A run whose rule, framework and note say the sentences of `SAID`."""
    title, message, remedy, reason, attestation, note = SAID
    rule = replace(make_rules()[1], title=title, message=message, remediation={"manual": remedy})
    framework = make_framework()
    requirements = tuple(replace(item, attestation=attestation) for item in framework.requirements)
    log = open_store(tmp_path_factory.mktemp("speaking"))
    return seal_run(
        log,
        [make_finding(rule, 1), make_finding(make_rules()[2], 2, Outcome.NOT_EVALUATED, reason=reason)],
        notes=(Note("run", note, True),),
        frameworks=(replace(framework, requirements=requirements),),
        pack=replace(make_run("x", (), ()).pack, rules=(rule, *make_rules()[2:])),
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_german_report_holds_no_english_of_rules_frameworks_or_rooms(kind, speaking, monkeypatch):
    monkeypatch.setattr("auditor.report.redraw.make_pdf", lambda html, *_: html.encode())
    page = draw(speaking, kind, look=Look("de"))[0].decode().replace("&#39;", "'")
    assert not [english for english in SAID if english in page]
    assert SAID["The certificate has expired"] in page
    assert sum(said in page for said in SAID.values()) == {"officer": 5, "technical": 5, "deid-certificate": 4}[kind]


def test_sentences_that_are_made_elsewhere_are_in_the_german_catalogue_too(tmp_path, german):
    before = seal_run(open_store(tmp_path / "store"))
    log = open_store(tmp_path / "other").begin()
    log.seal(make_run(log.run_id, [], [], complete=False))
    run = before.run
    other = replace(run, complete=True, pack=replace(run.pack, digest="x"), plan=replace(run.plan, purpose="clinical"))
    changed = replace(before, run=other)
    cautions = [item.text for item in compare(changed, open_store(tmp_path / "other").load()).caution]
    assert len(cautions) == 3
    for text in [*cautions, TRUST_SENTENCE, *(description for description, _ in WHAT.values())]:
        assert text in german.words


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("Run `auditor deid`, then look.", "Run <b>auditor deid</b>, then look."),
        ("`a` and `<b>`", "<b>a</b> and <b>&lt;b&gt;</b>"),
        ("one ` alone <i>", "one ` alone &lt;i&gt;"),
        ("", ""),
    ],
)
def test_what_is_to_be_typed_is_drawn_so_and_nothing_in_it_is_markup(text: str, drawn: str) -> None:
    engine = environment(load_language("en"))
    assert engine.from_string("{{ text|typed }}").render(text=text) == drawn
