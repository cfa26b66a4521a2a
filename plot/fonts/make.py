"""Makes Hangul.ttf.gz from NanumSquareR.ttf: its Hangul syllables and jamo and the symbols of KS X 1001, without hints.

    pip install fonttools==4.68.0
    python make.py NanumSquareR.ttf Hangul.ttf.gz

NanumSquareR.ttf is in Debian's package fonts-nanum, version 20200506-1. The result has a name of its own, since the
licence (OFL.txt) reserves Nanum and names that begin with it.
"""

import gzip
import io
import sys

from fontTools import subset
from fontTools.ttLib import TTFont

NAME = "Gorae Hangul"


def symbols():
    """Rows 1 to 3 of KS X 1001: punctuation, signs, arrows, full-width Latin."""
    return "".join(bytes([row, cell]).decode("euc_kr", "ignore") for row in (0xA1, 0xA2, 0xA3)
                   for cell in range(0xA1, 0xFF))


def span(first, last):
    return "".join(map(chr, range(first, last + 1)))


def main(source, to):
    font = TTFont(source)
    copyright = font["name"].getDebugName(0)
    options = subset.Options(hinting=False, layout_features=[], notdef_outline=True, glyph_names=False)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "BASE", "DSIG", "gasp", "kern", "vhea", "vmtx"]
    subsetter = subset.Subsetter(options)
    subsetter.populate(text=span(0xAC00, 0xD7A3) + span(0x3131, 0x318E) + symbols() + "₩")
    subsetter.subset(font)
    names = font["name"]
    names.names = []
    licence = "This Font Software is licensed under the SIL Open Font License, Version 1.1."
    for number, text in {0: copyright, 1: NAME, 2: "Regular", 3: NAME + " 1", 4: NAME, 5: "Version 1.0",
                         6: NAME.replace(" ", ""), 13: licence, 14: "https://openfontlicense.org"}.items():
        names.setName(text, number, 3, 1, 0x409)
    font["head"].modified = font["head"].created  # the same bytes each time
    font.recalcTimestamp = False
    plain = io.BytesIO()
    font.save(plain)
    with open(to, "wb") as f:
        f.write(gzip.compress(plain.getvalue(), 9, mtime=0))


if __name__ == "__main__":
    main(*sys.argv[1:])
