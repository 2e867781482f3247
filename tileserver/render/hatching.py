"""Hatching as SVG patterns, seamless at whole pixels."""

from math import sqrt

from styles.statuses import Pattern


def pattern_id(status: str, place: object) -> str:
    """Name a pattern; the same status has another where lengths are others."""
    return f"{status}-{place}"


def pattern(
    name: str,
    look: Pattern,
    units: float,
    colour: str | None = None,
    corner: tuple[float, float] = (0, 0),
) -> str:
    """Define a pattern of lines or dots, without its ground, in its own colour or another.

    `units`: how many a pixel has where it is used. `corner`: where its origin lies in the world, pixels; the
    pattern is fixed to the world, so that it goes on from one tile to the next.
    """
    colour = colour or look.colour
    stroke = f'stroke="{colour}" stroke-opacity="{look.opacity}" stroke-width="{look.width}" fill="none"'
    if not look.angles:
        side = round(look.spacing)
        dot = f'<circle cx="{side / 2}" cy="{side / 2}" r="{look.width / 2}"'
        content = f'{dot} fill="{colour}" fill-opacity="{look.opacity}"/>'
    elif look.angles in ((0,), (90,)):
        side = round(look.spacing)
        middle = side // 2 + 0.5  # of a pixel, so that the line is sharp
        path = f"M0 {middle}H{side}" if look.angles == (0,) else f"M{middle} 0V{side}"
        content = f'<path d="{path}" {stroke}/>'
    else:
        side = round(look.spacing * sqrt(2))
        rising = f"M-1 1L1 -1M0 {side}L{side} 0M{side - 1} {side + 1}L{side + 1} {side - 1}"
        falling = f"M-1 {side - 1}L1 {side + 1}M0 0L{side} {side}M{side - 1} -1L{side + 1} 1"
        path = (rising if 45 in look.angles else "") + (falling if 135 in look.angles else "")
        content = f'<path d="{path}" {stroke}/>'
    size = f'width="{side}" height="{side}" patternUnits="userSpaceOnUse"'
    x, y = (-(edge % side) * units for edge in corner)
    transform = f"translate({x:.6g} {y:.6g}) scale({units:.8g})"
    return f'<pattern id="{name}" {size} patternTransform="{transform}">{content}</pattern>'
