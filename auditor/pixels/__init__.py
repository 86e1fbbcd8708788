"""Pixels: frames decoded, burned-in text read, regions blanked. Shared by headers and deid; heavy imports are lazy.

The public interface, by module (import from the module; nothing is re-exported):

* `region.Region(box, first, last)`: a rectangle `box = (x0, y0, x1, y1)` in pixels (x right, y down, end exclusive)
  on frames `first..last`, zero-based, inclusive; `last=-1` means to the end.
* `reading.TextBox(place, locator, first, last, box, text, confidence)`: text that was read; `place` is `pixels`,
  `overlay` or `icon`, `locator` the tag path, `block` the box of the paragraph the line stands in.
  `reading.PixelReading(boxes, frames, looked_at, not_evaluated)`: `not_evaluated` maps a locator to the reason, and is
  empty when everything was looked at.
* `reader.Reader(ocr=True).read(dataset) -> PixelReading`: everything that can hold text in one data set: frames sampled
  so that text in a tenth of them is met, overlays 60xx, icon images at every depth. `dataset` is a pydicom Dataset
  with its pixels. Keep one Reader a series: it remembers pictures it has read. Never raises for what a file holds.
* `reader.missing() -> str`: why text cannot be read here, or an empty string. Cheap: imports nothing.
* `frames.decode(dataset, frame)`: one frame as a grey picture of eight bits, for reading; `frames.stored(dataset,
  frame)`: its stored values, for blanking; both raise `frames.Undecodable` with a reason; `frames.count(dataset)`.
* `blanking.blank(array, regions, frames=1, samples=1, value=None)`: a copy with every frame's regions filled.
* `risk.assess(attributes) -> PixelRisk(level, reasons, regions)`: by Burned In Annotation, modality, SOP class, image
  type and the deid package's coordinate table. `attributes` maps keywords to text (multiple values joined by `\\`).
* `face.assess(attributes, slices, positions) -> FaceRisk(risk, reason)`: whether a head CT or MR volume can show a
  recognisable face, by geometry and body part; `risk` is None when the geometry is not told.

Text of pictures is given to `identifiers` with `Field(Nature.OCR)`: the identity is then matched with 0/O, 1/l/I, lost
spaces and single misreadings forgiven.
"""
