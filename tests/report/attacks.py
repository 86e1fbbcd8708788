"""What a forger may do to a signed report, each as a function from bytes to bytes."""

import io
import json
import re

import pikepdf
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm

from tests.report.pki import Holder


def written(writer):
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def incremental_update(pdf):
    """A value is added behind the signature, as a PDF program does when it saves."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/Extra"] = writer.root["/Lang"]
    writer.update_root()
    return written(writer)


def shadow_content(pdf):
    """A white box is drawn over the decision on the first page, in an update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page, _ = writer.find_page_for_modification(0)
    cover = writer.add_object(generic.StreamObject(stream_data=b"1 g 40 600 500 160 re f"))
    page.get_object()["/Contents"] = generic.ArrayObject([page.get_object().raw_get("/Contents"), cover])
    writer.update_container(page.get_object())
    return written(writer)


def shadow_annotation(pdf):
    """A note with words of its own is laid over the first page, in an update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page, _ = writer.find_page_for_modification(0)
    note = writer.add_object(
        generic.DictionaryObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
                generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
                generic.pdf_name("/Rect"): generic.ArrayObject(map(generic.NumberObject, (40, 600, 540, 760))),
                generic.pdf_name("/Contents"): generic.pdf_string("Everything is in order."),
                generic.pdf_name("/DA"): generic.pdf_string("/Helv 20 Tf 0 g"),
            }
        )
    )
    target = page.get_object()
    target["/Annots"] = generic.ArrayObject([*target.get("/Annots", ()), note])
    writer.update_container(target)
    return written(writer)


def rewritten(pdf, change):
    """The PDF opened and saved by another program after `change`."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        change(opened)
        out = io.BytesIO()
        opened.save(out)
    return out.getvalue()


def replaced_table(pdf):
    """The worst finding is taken out of the attached table, by a program that writes the file anew."""

    def change(opened):
        rows = opened.attachments["findings.csv"].get_file().read_bytes().splitlines(keepends=True)
        kept = b"".join(row for row in rows if b"headers.check-000" not in row or b",fail," not in row)
        opened.attachments["findings.csv"] = pikepdf.AttachedFileSpec(opened, kept, filename="findings.csv")

    return rewritten(pdf, change)


def replaced_run(pdf):
    """The attached run is said to be complete, by a program that writes the file anew."""

    def change(opened):
        data = json.loads(opened.attachments["run.json"].get_file().read_bytes())
        data["complete"] = True
        opened.attachments["run.json"] = pikepdf.AttachedFileSpec(
            opened, json.dumps(data).encode(), filename="run.json"
        )

    return rewritten(pdf, change)


def replaced_in_an_update(pdf):
    """The stream of the attached table is exchanged in an update that leaves the signed bytes alone."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    for index in range(0, len(names), 2):
        if names[index] == "findings.csv" or "findings.csv" in str(names[index + 1].get("/UF")):
            stream = names[index + 1]["/EF"].raw_get("/F")
            old = stream.get_object()
            new = generic.StreamObject(dict(old), stream_data=b"\n".join(old.data.splitlines()[:-3]) + b"\n")
            new.pop("/Filter", None)
            writer.objects[(stream.generation, stream.idnum)] = new
    return written(writer)


def other_words(pdf):
    """One line of the first page is exchanged for another one, by a program that writes the file anew."""

    def change(opened):
        content = opened.pages[0].Contents.read_bytes()
        lines = re.findall(rb"\[<[^\]]*\] TJ", content)
        opened.pages[0].Contents = opened.make_stream(content.replace(lines[4], lines[1], 1))

    return rewritten(pdf, change)


def signature_removed(pdf):
    """All signature fields are taken out, by a program that writes the file anew."""

    def change(opened):
        for name in ("/AcroForm", "/Perms"):
            if name in opened.Root:
                del opened.Root[name]
        for page in opened.pages:
            if "/Annots" in page:
                del page["/Annots"]

    return rewritten(pdf, change)


def signature_removed_in_an_update(pdf):
    """The form with its fields is taken out of the catalogue in an update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    del writer.root["/AcroForm"]
    writer.update_root()
    return written(writer)


def mallory():
    """A signer whom no test trusts."""
    return Holder("Mallory", Holder("Other Root", ca=True)).signer()


def signed_by_another(pdf):
    """The signature is taken out and the file certified by somebody else in a field of the same name."""
    first = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    numbers = [int(number) for number in first.byte_range]
    start = pdf[: numbers[1]].rfind(b"%%EOF\n") + 6
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf[:start]))
    meta = signers.PdfSignatureMetadata(
        field_name="Signature", certify=True, docmdp_permissions=MDPPerm.NO_CHANGES, name="Ada Auditor"
    )
    return signers.PdfSigner(meta, mallory().signer).sign_pdf(writer).getvalue()


def swapped_certificate(pdf):
    """The bytes of the signer's certificate are overwritten by those of another one."""
    first = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    mine, other = first.signer_cert.dump(), mallory().certificate.dump()
    place = pdf.lower().find(mine.hex().encode())
    size = min(len(mine), len(other)) * 2
    return pdf[:place] + other.hex().encode()[:size] + pdf[place + size :]


def wrapped_range(pdf):
    """The second part that is signed is said to begin later, so that bytes before it are free."""
    first = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    numbers = [int(number) for number in first.byte_range]
    place = pdf.find(b"/ByteRange")
    begin, end = pdf.find(b"[", place), pdf.find(b"]", place)
    moved = (numbers[0], numbers[1], numbers[2] + 200, numbers[3] - 200)
    text = b" ".join(str(number).encode() for number in moved)
    return pdf[: begin + 1] + text.ljust(end - begin - 1)[: end - begin - 1] + pdf[end:]


def one_byte(pdf):
    """One bit in the content of the first page is flipped."""
    place = pdf.find(b"stream\n") + 40
    return pdf[:place] + bytes([pdf[place] ^ 4]) + pdf[place + 1 :]


ATTACKS = {
    attack.__name__: attack
    for attack in (
        incremental_update,
        shadow_content,
        shadow_annotation,
        replaced_table,
        replaced_run,
        replaced_in_an_update,
        other_words,
        signature_removed,
        signature_removed_in_an_update,
        signed_by_another,
        swapped_certificate,
        wrapped_range,
        one_byte,
    )
}
