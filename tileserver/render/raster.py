"""From SVG to pixels: PNG by resvg, WebP by Pillow."""

from io import BytesIO
from typing import Final, Literal

from tileserver.render.text import FAMILY, font_files

Form = Literal["png", "webp"]

MEDIA_TYPES: Final = {"png": "image/png", "webp": "image/webp"}


def rasterise(svg: str, form: Form = "png", *, with_text: bool = True) -> bytes:
    """Draw an SVG document. Nothing outside it is read but the project's font."""
    # Here, because only pictures need them.
    import resvg_py

    fonts = font_files() if with_text else []
    drawn = resvg_py.svg_to_bytes(
        svg_string=svg, skip_system_fonts=True, font_files=fonts, font_family=FAMILY, sans_serif_family=FAMILY
    )
    png = bytes(drawn)
    return png if form == "png" else _webp(png)


def _webp(png: bytes) -> bytes:
    from PIL import Image

    out = BytesIO()
    with Image.open(BytesIO(png)) as image:
        image.save(out, "WEBP", lossless=True, method=1)
    return out.getvalue()
