"""Pixels: frames decoded, burned-in text read, regions blanked. Shared by headers and deid; heavy imports are lazy.

The public interface, by module (import from the module; nothing is re-exported):

* `region.Region(box, first, last)`: a rectangle `box = (x0, y0, x1, y1)` in pixels (x right, y down, end exclusive) on frames
  `first..last`, zero-based, inclusive; `last=-1` means to the end.
* `reading.TextBox(place, first, last, box, text, confidence)`: text that was read; `place` is `pixels`, `overlay` (with
  group, `overlay (6000,3000)`) or `icon`; `locator` is the tag path. `reading.PixelReading(boxes, frames, looked_at,
  not_evaluated, regions)`: `not_evaluated` maps a place to the reason, and is empty when everything was looked at.
* `reader.Reader(ocr=True).read(dataset, path="") -> PixelReading`: everything that can hold text in one data set: frames sampled so that
  text in a tenth of them is met, overlays 60xx, icon images at every depth. `dataset` is a pydicom Dataset with its pixels.
  Keep one Reader a series: it remembers borders and overlays it has read. Never raises for what a file holds.
* `reader.missing() -> str`: why OCR cannot run here, or an empty string. Cheap: imports nothing.
* `frames.decode(dataset, frame) -> ndarray` and `frames.Undecodable` with a reason; `frames.count(dataset)`.
* `blanking.blank(array, regions, value=None) -> ndarray`: every frame of `(frames, rows, columns[, samples])` or one frame,
  regions filled with the darkest value (or `value`).
* `risk.regions(attributes) -> RiskRegions`: from the deid package's coordinate table by manufacturer, model, modality, SOP
  class, Burned In Annotation: the file's own size is checked. `attributes` maps keywords to text.
* `face.risk(attributes) -> FaceRisk`: whether a head CT or MR volume can show a recognisable face, by geometry and body part.

OCR text is given to `identifiers` with `Field(Nature.OCR)`: the identity is then matched with 0/O, 1/l/I and lost spaces forgiven.
"""
