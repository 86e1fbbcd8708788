"""The PDF is archivable, accessible, the same each time, and fetches nothing."""

import io
import itertools
import re
import subprocess
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest

from auditor.errors import ConfigError, VerificationError
from auditor.report.build import KINDS, Look, draw, folders
from auditor.report.pdf import make_pdf
from auditor.store.folder import open_store
from tests.store.runs import make_finding, make_rules, seal_run


def pages_of(pdf):
    """The text of each page, as PDFium reads it."""
    with pypdfium2.PdfDocument(pdf) as opened:
        return [page.get_textpage().get_text_bounded().replace("\r\n", "\n") for page in opened]


def text_of(pdf):
    return "\n".join(pages_of(pdf))


def tags_of(opened):
    """Every structure element, depth first."""
    found = []

    def walk(item):
        if isinstance(item, pikepdf.Dictionary):
            if "/S" in item:
                found.append(item)
            kids = item.get("/K")
            if isinstance(kids, pikepdf.Array):
                for kid in kids:
                    walk(kid)
            elif kids is not None:
                walk(kids)

    walk(opened.Root.StructTreeRoot.K[0])
    return found


def test_the_same_run_gives_the_same_bytes(stored, drawn, estate):
    again, _ = draw(stored, signer="Ada Auditor", certificate=estate.key.pem())
    assert again == drawn


@pytest.mark.parametrize("which", ["drawn", "signed"])
def test_it_is_pdf_a_and_says_it_is_pdf_ua_before_and_after_signing(which, request):
    pdf = request.getfixturevalue(which)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        xmp = bytes(opened.Root.Metadata.read_bytes())
        assert b'pdfaid:part="3"' in xmp
        assert b'pdfaid:conformance="A"' in xmp
        assert b'pdfuaid:part="1"' in xmp
        assert opened.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert opened.Root.MarkInfo.Marked
        assert str(opened.Root.Lang) == "en"
        assert opened.Root.ViewerPreferences.DisplayDocTitle
        assert str(opened.docinfo.Title) == "Compliance report: Sample Hospital"
        assert "/Outlines" in opened.Root
        assert "/JavaScript" not in opened.Root.get("/Names", {})
        assert "/OpenAction" not in opened.Root
        assert "/Encrypt" not in opened.trailer
        for font in (
            item
            for item in opened.objects
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor"
        ):
            assert "/FontFile2" in font or "/FontFile3" in font
    assert xmp.count(b"<rdf:RDF") == 1
    assert b"/Launch" not in pdf
    assert b"/URI" not in pdf


def test_attachments_have_names_descriptions_and_relationships(signed, stored):
    with pikepdf.open(io.BytesIO(signed)) as opened:
        files = opened.attachments
        assert set(files) == {"run.json", "report.json", "findings.csv", "signer.pem"}
        assert files["run.json"].get_file().read_bytes() == stored.header
        assert len(opened.Root.AF) == 4
        kinds = {str(item.UF): str(item.AFRelationship) for item in opened.Root.AF}
        assert kinds.pop("report.json") == "/Source"
        assert kinds == {"run.json": "/Source", "findings.csv": "/Data", "signer.pem": "/Supplement"}


def test_figures_have_words_tables_have_headers_headings_are_in_order(signed):
    with pikepdf.open(io.BytesIO(signed)) as opened:
        tags = tags_of(opened)
        figures = [item for item in tags if item.S == "/Figure"]
        assert len(figures) == 2
        assert all(len(str(item.get("/Alt", ""))) > 20 for item in figures)
        scopes = {str(item.A.get("/Scope")) for item in tags if item.S == "/TH"}
        assert scopes == {"/Column", "/Row"}
        assert [item for item in tags if item.S == "/Form"]
        levels = [int(str(item.S)[2]) for item in tags if re.fullmatch(r"/H[1-6]", str(item.S))]
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.peers("pdftotext")
def test_the_order_of_reading_is_the_order_of_the_story(signed, tmp_path):
    file = tmp_path / "report.pdf"
    file.write_bytes(signed)
    text = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, text=True, check=True).stdout
    text = " ".join(text.split())
    heads = ["Scope", "What was not tested", "Safeguards", "Findings of one kind", "Plan of action", "Sign-off"]
    places = [text.index(head) for head in heads]
    assert places == sorted(places)
    for words in ("Action is needed", "radadmin", "SEC-7", "the ocr extra is not", "D••^J•••", "Attestation needed"):
        assert words in text


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_every_report_is_drawn_in_every_language(kind, language, stored):
    content, beside = draw(stored, kind, look=Look(language))
    pages = pages_of(content)
    assert ("Unterschrift" in pages[-1]) == (language == "de")
    assert beside == ()
    assert all(len(page.strip()) > 120 for page in pages), "an empty page"


def test_colours_have_a_contrast_of_four_and_a_half():
    def light(colour):
        parts = [int(colour[n : n + 2], 16) / 255 for n in (0, 2, 4)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    style = (folders(Look())[0] / "shared" / "style.css").read_text("utf-8")
    for colour in re.findall(r"[^-]color: #([0-9a-f]{6})", style):
        if colour != "ffffff":
            assert 1.05 / (light(colour) + 0.05) >= 4.5, colour


HOSTILE = [
    "<script>alert(1)</script>",
    "</style><link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    '"><img src="file:///etc/passwd">',
    "url(http://127.0.0.1:9/)",
    "{{ 7 * 7 }}{% for x in y %}",
    "\u202egnp.exe \u2066x\u2069",
    "\x1b[31mred\x1b[0m \x07\x00",
    "=cmd|' /C calc'!A0",
    "W" * 1_000_000,
    "&#x202e;\ufffe\ud800",
]


def test_hostile_values_neither_act_nor_break_the_page(tmp_path):
    rule = make_rules()[0]
    findings = [
        make_finding(rule, number, subject=value, message=value, subject_digest=f"{number:064}")
        for number, value in enumerate(HOSTILE)
    ]
    stored = seal_run(open_store(tmp_path / "store"), findings, site=HOSTILE[0], operator=HOSTILE[5])
    for kind in KINDS:
        content, _ = draw(stored, kind)
        text = text_of(content)
        assert "<script>alert(1)</script>" in text
        assert not re.search("[\u202a-\u202e\u2066-\u2069\x1b\x07]", text)
        assert "WWWWWWWW" * 90 not in text.replace("\n", "")


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:9/a.png", "file:///etc/hostname", "../../etc/hostname", "ftp://x/y.png"]
)
def test_nothing_outside_the_reports_folder_is_loaded(target):
    html = f'<html lang="en"><head><title>t</title></head><body><img alt="x" src="{target}"></body></html>'
    with pytest.raises(ConfigError, match=r"may not load|cannot be drawn"):
        make_pdf(html, folders(Look()), [], datetime(2026, 1, 1, tzinfo=UTC))


def test_missing_fonts_and_files_of_other_kinds_are_said():
    for target, words in (("shared/fonts/none.woff", "missing"), ("shared/base.html.j2", "files such as")):
        html = f'<html lang="en"><head><title>t</title></head><body><img alt="x" src="{target}"></body></html>'
        with pytest.raises(ConfigError, match=words):
            make_pdf(html, folders(Look()), [], datetime(2026, 1, 1, tzinfo=UTC))


def test_a_site_brings_its_own_template_style_and_logo(stored, tmp_path):
    site = tmp_path / "site"
    (site / "shared").mkdir(parents=True)
    (site / "officer").mkdir()
    (site / "officer" / "body.html.j2").write_text(
        '{% extends "shared/base.html.j2" %}{% block title %}Ours{% endblock %}'
        "{% block body %}<h1>House style for {{ run.site }}</h1>{{ failures|length }}<p>{{ logo }}</p>{% endblock %}"
    )
    (site / "site.css").write_text("h1 { color: #16202a; }")
    (site / "logo.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>')
    content, _ = draw(stored, look=Look("en", site, site / "logo.svg"))
    assert "House style for Sample Hospital" in text_of(content)


@pytest.mark.parametrize(
    ("template", "words"),
    [("{{ nothing_such }}", "nothing_such"), ("line\n{% if %}", "Expected"), ("{{ run.__class__.__mro__ }}", "unsafe")],
)
def test_an_error_in_a_template_is_told_with_file_and_line(template, words, stored, tmp_path):
    (tmp_path / "officer").mkdir()
    (tmp_path / "officer" / "body.html.j2").write_text(template)
    with pytest.raises(ConfigError, match=words) as caught:
        draw(stored, look=Look("en", tmp_path))
    assert re.search(r"body\.html\.j2:\d", caught.value.where)


def test_a_missing_pango_is_told_with_the_line_to_type(stored, monkeypatch):
    import builtins

    real = builtins.__import__

    def refuse(name, *arguments, **options):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ConfigError, match="Pango") as caught:
        make_pdf("<p>x</p>", folders(Look()), [], datetime(2026, 1, 1, tzinfo=UTC))
    assert "apt-get install" in caught.value.next_step


def test_a_changed_run_makes_no_report(tmp_path):
    stored = seal_run(open_store(tmp_path / "store"))
    part = next(stored.folder.glob("findings/*.parquet"))
    part.write_bytes(part.read_bytes() + b"x")
    with pytest.raises(VerificationError, match="were changed"):
        draw(stored)
    with pytest.raises(ConfigError, match="no report of the kind"):
        draw(stored, "novel")
