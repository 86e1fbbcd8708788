"""Every report, in both languages, before and after signing, can be read without eyes (ISO 14289-1, WCAG 2.2)."""

import io
import itertools
import re
from datetime import UTC, datetime

import pikepdf
import pytest

from auditor.model.part import Part
from auditor.model.views import ViewKind
from auditor.report.build import KINDS, Look, draw, folders
from auditor.report.sign import Signing, sign
from auditor.store.folder import open_store
from tests.report.test_matrix import HOURS, TOP, estate_of, people
from tests.report.test_pdf import tags_of
from tests.store.runs import make_findings, make_rows, make_rules, make_run, tally

TAGS = frozenset(
    [
        "Document",
        "Div",
        "Span",
        "P",
        "H1",
        "H2",
        "H3",
        "L",
        "LI",
        "Lbl",
        "LBody",
        "Table",
        "THead",
        "TBody",
        "TR",
        "TH",
        "TD",
        "Caption",
        "Figure",
        "Form",
        "NonStruct",
    ]
)


@pytest.fixture(scope="module")
def full(tmp_path_factory):
    """A run with everything in it: failures, waivers, missed targets, and every kind of table."""
    store = open_store(tmp_path_factory.mktemp("store"))
    views = (estate_of(6, 5), HOURS, people(ViewKind.USERS_BY_DAY), people(ViewKind.DEPARTMENTS_BY_DAY), TOP)
    for _ in range(2):
        rules = make_rules()
        findings = make_findings(rules, 5)
        log = store.begin()
        part = log.writer.write(Part("headers-0001", findings, make_rows(6), tally(rules, findings), views))
        log.seal(make_run(log.run_id, rules, [part]))
    return store


@pytest.fixture(scope="module", params=[(kind, language) for kind in KINDS for language in ("en", "de")])
def report(request, full, estate):
    """The bytes of one report before and after signing, and its language."""
    from auditor.report.past import Past

    kind, language = request.param
    run = full.load()
    past = Past.of(full, run.run)
    look = Look(language)
    drawn, _ = draw(run, kind, look=look, past=past, signer="Ada", certificate=estate.key.pem())
    job = Signing(estate.key, approval=True)
    return drawn, sign(drawn, job, datetime.now(UTC), reason="test", folders=folders(look)).content, language


@pytest.fixture(params=["drawn", "signed"])
def opened(request, report):
    with pikepdf.open(io.BytesIO(report[request.param == "signed"])) as pdf:
        yield pdf


def marked_in(page):
    """The operators that draw, each with the marks it stands in: tags with MCID, and artifacts."""
    drawing = {"Tj", "TJ", "S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "Do", "sh", "BI"}
    marks = []
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) in ("BDC", "BMC"):
            properties = operands[1] if len(operands) > 1 else {}
            marks.append((str(operands[0]), properties.get("/MCID") if len(operands) > 1 else None))
        elif str(operator) == "EMC":
            marks.pop()
        elif str(operator) in drawing:
            yield str(operator), tuple(marks)
    assert marks == []


def test_everything_drawn_is_tagged_or_an_artifact_and_never_both(opened):
    for page in opened.pages:
        for operator, marks in marked_in(page):
            artifacts = [tag for tag, _ in marks if tag == "/Artifact"]
            numbered = [number for _, number in marks if number is not None]
            assert bool(artifacts) != bool(numbered), (operator, marks)


def test_every_mark_is_found_in_the_tree_and_the_tree_in_the_index(opened):
    nums = list(opened.Root.StructTreeRoot.ParentTree.Nums)
    index = dict(zip(nums[::2], nums[1::2], strict=True))
    reachable = {item.objgen for item in tags_of(opened)}
    for page in opened.pages:
        places = index[page.StructParents]
        numbers = {number for _, marks in marked_in(page) for _, number in marks if number is not None}
        assert numbers <= {number for number, element in enumerate(places) if isinstance(element, pikepdf.Dictionary)}
        assert all(places[number].objgen in reachable for number in numbers)
        for note in page.get("/Annots", ()):
            assert index[note.StructParent].S == "/Form"
            assert len(str(index[note.StructParent].Alt)) > 60


def test_only_known_tags_in_lawful_places(opened):
    for item in tags_of(opened):
        kind = str(item.S).lstrip("/")
        assert kind in TAGS
        above = str(item.P.get("/S", "")).lstrip("/")
        wanted = {"LI": {"L"}, "LBody": {"LI"}, "TR": {"THead", "TBody", "Table"}, "TH": {"TR"}, "TD": {"TR"}}
        assert above in wanted.get(kind, {above})
        if kind == "L":
            assert {str(kid.S) for kid in item.K if isinstance(kid, pikepdf.Dictionary)} <= {"/LI", "/Caption"}


def test_tables_are_whole_and_their_headers_say_what_they_head(opened):
    tables = [item for item in tags_of(opened) if item.S == "/Table"]
    assert tables
    for table in tables:
        rows = [row for row in _below(table) if row.S == "/TR"]
        widths = {sum(int(cell.A.get("/ColSpan", 1)) for cell in row.K if cell.S in ("/TH", "/TD")) for row in rows}
        assert len(widths) == 1
        heads = [cell for row in rows for cell in row.K if cell.S == "/TH"]
        assert heads
        assert all(cell.A.Scope in ("/Column", "/Row") for cell in heads)
        known = {str(cell.ID) for cell in heads}
        for cell in (cell for row in rows for cell in row.K if cell.S == "/TD"):
            assert {str(one) for one in cell.A.Headers} <= known
            assert len(cell.A.Headers) >= 1


def _below(item):
    for kid in item.get("/K", ()) if isinstance(item.get("/K"), pikepdf.Array) else [item.get("/K")]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            if kid.S in ("/THead", "/TBody"):
                yield from _below(kid)


def test_figures_have_words_and_a_place(opened):
    figures = [item for item in tags_of(opened) if item.S == "/Figure"]
    assert len({str(item.Alt) for item in figures}) == len(figures)
    assert all(len(str(item.Alt)) > 40 and item.A.BBox is not None for item in figures)


def test_headings_begin_with_one_and_skip_no_level(opened):
    levels = [int(str(item.S)[2]) for item in tags_of(opened) if re.fullmatch(r"/H[1-6]", str(item.S))]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_bookmarks_are_the_headings_in_order(opened):
    with opened.open_outline() as outline:
        titles = [item.title for item in _flat(outline.root)]
    heads = sum(1 for item in tags_of(opened) if re.fullmatch(r"/H[1-6]", str(item.S)))
    assert len(titles) == heads
    assert all(titles)


def _flat(items):
    for item in items:
        yield item
        yield from _flat(item.children)


def test_the_language_and_a_title_are_said(opened, report):
    assert str(opened.Root.Lang) == report[2]
    assert opened.Root.ViewerPreferences.DisplayDocTitle
    assert "Sample Hospital" in str(opened.docinfo.Title)
    xmp = bytes(opened.Root.Metadata.read_bytes()).decode()
    assert str(opened.docinfo.Title) in xmp
    assert 'pdfuaid:part="1"' in xmp
    assert 'pdfaid:part="3"' in xmp
    assert all(str(page.get("/Tabs", "/S")) == "/S" for page in opened.pages)


def test_every_letter_has_a_meaning_and_every_font_is_inside(opened):
    fonts = [item for item in opened.objects if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/Font"]
    whole = [font for font in fonts if font.Subtype == "/Type0"]
    assert whole
    for font in whole:
        table = font.ToUnicode.read_bytes().decode()
        (below,) = font.DescendantFonts
        assert "/FontFile2" in below.FontDescriptor or "/FontFile3" in below.FontDescriptor
        assert re.search(r"begin(bfchar|bfrange)", table)
        assert "<0000>" not in re.sub(r"begincodespacerange.*?endcodespacerange", "", table, flags=re.DOTALL)


def test_nothing_in_the_file_acts(opened):
    names = {
        "/JS",
        "/JavaScript",
        "/Launch",
        "/URI",
        "/SubmitForm",
        "/GoToR",
        "/GoToE",
        "/RichMedia",
        "/OpenAction",
        "/AA",
    }
    for item in opened.objects:
        if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            assert not names & set(item.keys())
            assert str(item.get("/S", "")) not in names


def test_it_is_made_for_the_archive(opened):
    (intent,) = opened.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert intent.DestOutputProfile.N == 3
    assert "/Encrypt" not in opened.trailer
    assert len(opened.trailer.ID) == 2
    assert "/NeedAppearances" not in opened.Root.get("/AcroForm", {})
    for page in opened.pages:
        assert all(note.F & 4 for note in page.get("/Annots", ())), "a field that is not printed"
    for item in opened.objects:
        if isinstance(item, pikepdf.Stream):
            assert "/LZWDecode" not in str(item.get("/Filter", ""))
    for spec in opened.Root.AF:
        assert spec.AFRelationship in ("/Source", "/Data", "/Supplement")
        assert "/Subtype" in spec.EF.F
        assert "/ModDate" in spec.EF.F.Params
