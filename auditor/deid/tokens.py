"""Words that stand for something and can be taken for nothing else: a consonant and a digit in turn."""

_LETTERS = "BCDFGHJKLMNPQRSTVWXYZ"
_DIGITS = "0123456789"


def token(digest: bytes, length: int) -> str:
    """`length` characters made of `digest`, such as ``K4X7``: no name, no number, no date can come of it by chance.

    About 3.85 bits a character; `digest` has at least as many bytes.
    """
    return "".join(
        (_DIGITS if index % 2 else _LETTERS)[byte % (10 if index % 2 else 21)]
        for index, byte in enumerate(digest[:length])
    )
