"""From SVG to pixels: PNG by resvg, WebP by Pillow."""

from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal

from tileserver.render.text import FAMILY, font_files

if TYPE_CHECKING:
    from resvg.usvg import Options

Form = Literal["png", "webp"]

MEDIA_TYPES: Final = {"png": "image/png", "webp": "image/webp"}

_QUALITY: Final = 65

_AS_IT_IS: Final = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
"""The transform that changes nothing, row by row."""


def rasterise(svg: str, form: Form = "png", *, with_text: bool = True, exact: bool = True) -> bytes:
    """Draw an SVG document. Nothing outside it is read but the project's font.

    A WebP that need not be `exact` is a quarter as large, and as good to the eye.
    """
    # Here, because only pictures need it.
    from resvg import render, usvg

    png = bytes(render(usvg.Tree.from_str(svg, _options(with_text)), _AS_IT_IS))
    return png if form == "png" else _webp(png, exact=exact)


@cache
def _options(with_text: bool) -> "Options":  # a cache takes what tells its entries apart by place
    from resvg import usvg

    options = usvg.Options.default()
    options.font_family = FAMILY
    for file in font_files() if with_text else ():
        options.load_font_file(file)
    return options


def _webp(png: bytes, *, exact: bool) -> bytes:
    from PIL import Image

    out = BytesIO()
    with Image.open(BytesIO(png)) as image:
        if exact:
            image.save(out, "WEBP", lossless=True, method=1)
        else:
            image.convert("RGB").save(out, "WEBP", quality=_QUALITY, method=2)
    return out.getvalue()
