"""The charts of a report as pictures: SVG that takes its colours from the page, and PNG where there is none.

No browser is needed: Typst, which sets the formal notice too, draws the same SVG with a font of ours, so
that the same week makes the same bytes on every machine.
"""

from collections.abc import Iterator
from functools import cache
from html import escape
from importlib.resources import files

import typst

from raccord.domain.report.publication import ChartKind
from raccord.texts.report.plotted import Plot, runs

WIDTH, HEIGHT = 640, 300
_RIGHT, _TOP, _BOTTOM = 16, 44, 30
_LETTER = 6.8
"""What a letter takes in width, rather too much: no machine measures it for us."""
_HEAD = 34
"""What a title takes above a picture that stands alone."""
_LIGHT = """
text{font-family:Roboto;font-size:12px;fill:#52606d}.title{font-size:16px;font-weight:500;fill:#1f2933}
.value{fill:#1f2933;font-weight:500}.grid{stroke:#e4e7eb}.zero{stroke:#9aa5b1}
.s0{fill:#0072b2}.s1{fill:#e69f00}.s2{fill:#009e73}.line{fill:none;stroke:#0072b2;stroke-width:2.5}
.area{fill:#0072b2;fill-opacity:.1}
"""
_SCALE = 2
"""Pixels of a PNG for each point: sharp on a good screen."""
_PAGE = """
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: {width}pt)
"""


def svg(drawn: Plot, *, alone: bool = False) -> str:
    """Draw a chart. One that stands alone has its title, its colours and a white ground."""
    head = _HEAD if alone else 0
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 {-head} {WIDTH} {HEIGHT + head}" role="img" '
        f'aria-labelledby="{drawn.key}-t {drawn.key}-d">',
        f'<title id="{drawn.key}-t">{escape(drawn.title)}</title>',
        f'<desc id="{drawn.key}-d">{escape(drawn.alternative)}</desc>',
    ]
    if alone:
        parts.append(f"<style>{_LIGHT}</style>")
        parts.append(f'<rect y="{-head}" width="{WIDTH}" height="{HEIGHT + head}" fill="#fff"/>')
        parts.append(f'<text class="title" x="16" y="-6">{escape(drawn.title)}</text>')
    parts += [*_legend(drawn), *_axis(drawn), *_labels(drawn)]
    parts += _columns(drawn) if drawn.kind is ChartKind.COLUMNS else _lines(drawn)
    return "".join((*parts, "</svg>"))


def png(drawn: Plot) -> bytes:
    """Draw a chart as a PNG, twice as many pixels wide as the picture is."""
    found = typst.compile(
        _PAGE.format(width=WIDTH).encode(),
        sys_inputs={"svg": svg(drawn, alone=True)},
        font_paths=_fonts(),
        format="png",
        ppi=72 * _SCALE,
    )
    return bytes(found)


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(files("font_roboto") / "files")],
    )


def _left(drawn: Plot) -> float:
    """Where the axis stands: the longest number has room before it."""
    return 16 + _LETTER * max(len(drawn.said(tick)) for tick in drawn.ticks())


def _x(drawn: Plot, at: float) -> float:
    """The middle of a place on the axis."""
    return _left(drawn) + (at + 0.5) * (WIDTH - _left(drawn) - _RIGHT) / max(1, len(drawn.labels))


def _y(drawn: Plot, value: float) -> float:
    ticks = drawn.ticks()
    share = (value - ticks[0]) / (ticks[-1] - ticks[0])
    return HEIGHT - _BOTTOM - share * (HEIGHT - _BOTTOM - _TOP)


def _legend(drawn: Plot) -> Iterator[str]:
    if len(drawn.series) < 2:
        return
    x = _left(drawn)
    for at, each in enumerate(drawn.series):
        yield f'<rect class="s{at}" x="{x:.1f}" y="12" width="12" height="12" rx="2"/>'
        yield f'<text x="{x + 18:.1f}" y="22">{escape(each.name)}</text>'
        x += 42 + _LETTER * len(each.name)


def _axis(drawn: Plot) -> Iterator[str]:
    left, right = _left(drawn), WIDTH - _RIGHT
    for tick in drawn.ticks():
        y = _y(drawn, tick)
        kind = "zero" if tick == 0 else "grid"
        yield f'<line class="{kind}" x1="{left:.1f}" x2="{right}" y1="{y:.1f}" y2="{y:.1f}"/>'
        said = drawn.said(tick)
        yield f'<text x="{left - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{escape(said)}</text>'


def _labels(drawn: Plot) -> Iterator[str]:
    for at, label in enumerate(drawn.labels):
        x = _x(drawn, at)
        yield f'<text x="{x:.1f}" y="{HEIGHT - 10}" text-anchor="middle">{escape(label)}</text>'


def _columns(drawn: Plot) -> Iterator[str]:
    many = len(drawn.series)
    place = (WIDTH - _left(drawn) - _RIGHT) / max(1, len(drawn.labels))
    wide = min(place * 0.78 / many, 64)
    for number, each in enumerate(drawn.series):
        for at, value in enumerate(each.values):
            if value is None:
                continue
            x = _x(drawn, at) + (number - many / 2) * wide
            top, foot = sorted((_y(drawn, value), _y(drawn, 0)))
            size = f'width="{wide * 0.9:.1f}" height="{foot - top:.1f}" rx="1.5"'
            yield f'<rect class="s{number}" x="{x + wide * 0.05:.1f}" y="{top:.1f}" {size}/>'
            if many == 1:
                yield _value(drawn, x + wide / 2, top, value)


def _lines(drawn: Plot) -> Iterator[str]:
    for each in drawn.series:
        foot = _y(drawn, 0)
        for run in runs(each.values):
            points = [(_x(drawn, at), _y(drawn, value)) for at, value in run]
            line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            ground = f"{points[0][0]:.1f},{foot:.1f} {line} {points[-1][0]:.1f},{foot:.1f}"
            yield f'<polygon class="area" points="{ground}"/><polyline class="line" points="{line}"/>'
            yield from (f'<circle class="s0" cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in points)
        known = [(at, value) for at, value in enumerate(each.values) if value is not None]
        for at, value in known[-1:]:
            yield _value(drawn, min(_x(drawn, at), WIDTH - 48), _y(drawn, value) - 4, value)


def _value(drawn: Plot, x: float, y: float, value: float) -> str:
    said = escape(drawn.said(value))
    return f'<text class="value" x="{x:.1f}" y="{y - 6:.1f}" text-anchor="middle">{said}</text>'
