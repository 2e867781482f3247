"""A map alone, to the edge: for pages that say beside it what it shows and whose data it is."""

from tileserver.render.frame import Frame
from tileserver.render.ink import Ink
from tileserver.render.mapping import draw_map
from tileserver.render.shown import Shown


def draw_bare(shown: Shown, frame: Frame, ink: Ink) -> str:
    """Write the map in a window as an SVG document of the window's size in pixels."""
    box = f"{frame.width:g} {frame.height:g}"
    size = f'width="{frame.width:g}" height="{frame.height:g}" viewBox="0 0 {box}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{draw_map(shown, frame, ink)}</svg>'
