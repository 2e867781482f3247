"""From SVG to pixels: PNG by resvg, WebP by Pillow."""

from io import BytesIO
from typing import Final, Literal

from tileserver.render.text import FAMILY, font_files

Form = Literal["png", "webp"]

MEDIA_TYPES: Final = {"png": "image/png", "webp": "image/webp"}

_QUALITY: Final = 65


def rasterise(svg: str, form: Form = "png", *, with_text: bool = True, exact: bool = True) -> bytes:
    """Draw an SVG document. Nothing outside it is read but the project's font.

    A WebP that need not be `exact` is a quarter as large, and as good to the eye.
    """
    # Here, because only pictures need them.
    import resvg_py

    fonts = font_files() if with_text else []
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg, skip_system_fonts=True, font_files=fonts, font_family=FAMILY, sans_serif_family=FAMILY
    )
    png = bytes(drawn)
    return png if form == "png" else _webp(png, exact=exact)


def _webp(png: bytes, *, exact: bool) -> bytes:
    from PIL import Image

    out = BytesIO()
    with Image.open(BytesIO(png)) as image:
        if exact:
            image.save(out, "WEBP", lossless=True, method=1)
        else:
            image.convert("RGB").save(out, "WEBP", quality=_QUALITY, method=2)
    return out.getvalue()
