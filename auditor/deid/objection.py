"""What the verifying scan still saw in a copy, so that the file can be cleaned again without it."""

from dataclasses import dataclass

from auditor.pixels.region import Box


@dataclass(frozen=True, slots=True)
class Objection:
    """Tag paths of elements, and (tag path of a picture, box) of text in pictures. Picklable; holds no value.

    `turn` counts how often the file was cleaned again: from the second time on whatever can be read in a picture
    is blanked, and an element goes with the whole sequence it stands in.
    """

    places: frozenset[str] = frozenset()
    boxes: frozenset[tuple[str, Box]] = frozenset()
    turn: int = 0

    def __bool__(self) -> bool:
        return bool(self.turn)

    def joined(self, other: "Objection") -> "Objection":
        """Both, for the next turn."""
        return Objection(self.places | other.places, self.boxes | other.boxes, self.turn + 1)

    def names(self, place: str) -> bool:
        """Whether the element at a tag path is to go, from the second turn on with all of its outermost sequence."""
        if place in self.places:
            return True
        return self.turn > 1 and place in {each.split(".", 1)[0].split("[", 1)[0] for each in self.places}

    def in_picture(self, place: str) -> list[Box]:
        """Boxes of text in the picture at a tag path."""
        return [box for where, box in sorted(self.boxes) if where == place]


NONE = Objection()
