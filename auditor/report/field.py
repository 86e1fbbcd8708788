"""Signature fields on the last page, tagged, so that the PDF stays accessible (ISO 14289-1, 7.18.4)."""

from typing import Any

SIGNATURE = "Signature"
APPROVAL = "Approval"
BOX_WIDTH, BOX_HEIGHT = 232, 66
_LEFT, _BOTTOM, _GAP = 51, 70, 10


def add_field(writer: Any, name: str, label: str, words: str, place: int) -> None:
    """Add an empty visible signature field `name` on the last page; `place` 0 is left, 1 is right.

    It is read out as `label`, and then as the `words` that will stand in it.
    """
    from pyhanko.pdf_utils import generic
    from pyhanko.sign.fields import SigFieldSpec, append_signature_field

    left = _LEFT + place * (BOX_WIDTH + _GAP)
    box = (left, _BOTTOM, left + BOX_WIDTH, _BOTTOM + BOX_HEIGHT)
    append_signature_field(writer, SigFieldSpec(name, on_page=-1, box=box, readable_field_name=label))
    page, _ = writer.find_page_for_modification(-1)
    reference = page.get_object()["/Annots"].raw_get(-1)
    _tag(writer, generic, page, reference, f"{label}. {words}")


def _tag(writer: Any, generic: Any, page: Any, reference: Any, label: str) -> None:
    """Put the widget into the structure tree as a Form element, and into the parent tree."""
    root = writer.root["/StructTreeRoot"]
    top = root["/K"].raw_get(0)
    numbers = root["/ParentTree"]["/Nums"]
    key = max((int(item) for item in list(numbers)[::2]), default=-1) + 1
    element = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/StructElem"),
            generic.pdf_name("/S"): generic.pdf_name("/Form"),
            generic.pdf_name("/P"): top,
            generic.pdf_name("/Pg"): page,
            generic.pdf_name("/Alt"): generic.pdf_string(label),
            generic.pdf_name("/K"): generic.DictionaryObject(
                {
                    generic.pdf_name("/Type"): generic.pdf_name("/OBJR"),
                    generic.pdf_name("/Obj"): reference,
                    generic.pdf_name("/Pg"): page,
                }
            ),
        }
    )
    added = writer.add_object(element)
    numbers.extend([generic.NumberObject(key), added])
    top.get_object()["/K"].append(added)
    widget = reference.get_object()
    widget["/StructParent"] = generic.NumberObject(key)
    for changed in (numbers, top.get_object()["/K"], widget):
        writer.update_container(changed)
