"""A tile of a map as SVG: 256 pixels of WebMercatorQuad, without a frame around it."""

from typing import Final

from tileserver.render.frame import Frame
from tileserver.render.ink import Ink
from tileserver.render.mapping import draw_map
from tileserver.render.shown import Shown

SIDE: Final = 256


def draw_tile(shown: Shown, z: int, x: int, y: int, ink: Ink) -> str:
    """Draw a tile. Its zoom counts tiles of 256 pixels, one more than that of frames, which count 512."""
    frame = Frame(z - 1.0, x * SIDE, y * SIDE, SIDE, SIDE)
    size = f'width="{SIDE}" height="{SIDE}" viewBox="0 0 {SIDE} {SIDE}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{draw_map(shown, frame, ink)}</svg>'
