"""Mails over time as a picture: bars of weeks, one row a policy. Plain SVG, which every browser shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil
from xml.etree.ElementTree import Element, SubElement, tostring

from raccord.domain.rules.dunning import Tone

_COLOURS = {Tone.NOTICE: "#b9c4d0", Tone.COURTEOUS: "#6aa6d8", Tone.FIRM: "#e0a030", Tone.LAST: "#c0483c"}
_WIDTH, _LEFT, _RIGHT, _TOP, _ROW, _BARS = 900, 60, 20, 56, 190, 130
_MOST_BARS = 53
_FONT = "font-family:system-ui,Helvetica,Arial,sans-serif"

Mails = Sequence[tuple[datetime, Tone]]


def drawn(series: Mapping[str, Mails], start: datetime, end: datetime) -> str:
    """Draw what left under each policy between two aware instants."""
    weeks = max(1, ceil((end - start) / timedelta(weeks=1) / _MOST_BARS))
    step = timedelta(weeks=weeks)
    count = max(1, ceil((end - start) / step))
    height = _TOP + _ROW * len(series)
    svg = Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {_WIDTH} {height}",
        width=str(_WIDTH),
        height=str(height),
        style=_FONT,
    )
    SubElement(svg, "rect", width="100%", height="100%", fill="#ffffff")
    _text(svg, _LEFT, 24, f"Mails a {'week' if weeks == 1 else f'{weeks} weeks'}", size=15, weight="600")
    _legend(svg)
    binned = {name: _binned(mails, start, step) for name, mails in series.items()}
    most = max((sum(bar.values()) for bars in binned.values() for bar in bars.values()), default=0) or 1
    for place, (name, bars) in enumerate(binned.items()):
        total = len(series[name])
        _row(svg, _TOP + _ROW * place, f"{name}: {total} mail{'s' * (total != 1)}", bars, count, most)
        _dates(svg, _TOP + _ROW * place, start, step, count)
    return tostring(svg, encoding="unicode")


def _binned(mails: Mails, start: datetime, step: timedelta) -> dict[int, Counter[Tone]]:
    bars: dict[int, Counter[Tone]] = {}
    for at, tone in mails:
        bars.setdefault((at - start) // step, Counter())[tone] += 1
    return bars


def _row(svg: Element, top: int, title: str, bars: Mapping[int, Counter[Tone]], count: int, most: int) -> None:
    _text(svg, _LEFT, top + 14, title, weight="600")
    foot = top + 24 + _BARS
    for part in (0, most):
        y = foot - _BARS * part / most
        SubElement(svg, "line", x1=str(_LEFT), x2=str(_WIDTH - _RIGHT), y1=f"{y:.1f}", y2=f"{y:.1f}", stroke="#dddddd")
        _text(svg, _LEFT - 8, y + 4, str(part), anchor="end")
    width = (_WIDTH - _LEFT - _RIGHT) / count
    for place, tones in bars.items():
        y = float(foot)
        for tone in Tone:
            height = _BARS * tones[tone] / most
            y -= height
            bar = _box(svg, _LEFT + place * width + 1, y, max(width - 2, 1), height, _COLOURS[tone])
            SubElement(bar, "title").text = f"{tones[tone]} {tone}"


def _dates(svg: Element, top: int, start: datetime, step: timedelta, count: int) -> None:
    width = (_WIDTH - _LEFT - _RIGHT) / count
    every = max(1, ceil(count / 8))
    for place in range(0, count, every):
        day = start + timedelta(seconds=1) + step * place
        _text(svg, _LEFT + place * width, top + 24 + _BARS + 16, f"{day.date()}")


def _legend(svg: Element) -> None:
    x = _WIDTH - _RIGHT - 100 * len(_COLOURS)
    for place, (tone, colour) in enumerate(_COLOURS.items()):
        _box(svg, x + 100 * place, 14, 12, 12, colour)
        _text(svg, x + 100 * place + 18, 24, tone)


def _box(svg: Element, x: float, y: float, width: float, height: float, colour: str) -> Element:
    places = {"x": f"{x:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}", "height": f"{height:.1f}"}
    return SubElement(svg, "rect", {**places, "fill": colour})


def _text(
    svg: Element, x: float, y: float, text: str, *, size: int = 12, weight: str = "400", anchor: str = "start"
) -> None:
    places = {"x": f"{x:.1f}", "y": f"{y:.1f}", "font-size": str(size), "font-weight": weight}
    SubElement(svg, "text", {**places, "text-anchor": anchor, "fill": "#333333"}).text = text
