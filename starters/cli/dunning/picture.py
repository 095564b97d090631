"""Mails over time as a picture: bars of weeks, one row a policy. Plain SVG, which every browser shows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from xml.etree.ElementTree import Element, SubElement, tostring

from raccord.domain.rules.dunning import Tone
from raccord.domain.values.message import message
from raccord.texts import formats, say
from starters.cli.dunning.tones import TONES

_COLOURS = {Tone.NOTICE: "#b9c4d0", Tone.COURTEOUS: "#6aa6d8", Tone.FIRM: "#e0a030", Tone.LAST: "#c0483c"}
_WIDTH, _LEFT, _RIGHT, _TOP, _ROW, _BARS = 900, 60, 20, 56, 190, 130
_MOST_BARS = 53
_DATE = 70
"""How wide a date is."""
_NAME = 130
"""How wide the name of a tone is, with its colour."""
_FONT = "font-family:system-ui,Helvetica,Arial,sans-serif"

Mails = Sequence[tuple[datetime, Tone]]
Bars = Mapping[int, Counter[Tone]]


@dataclass(frozen=True)
class _Scale:
    """Bars of `step` from `start` on; `most` is the highest one."""

    start: datetime
    step: timedelta
    count: int
    most: int

    @property
    def width(self) -> float:
        return (_WIDTH - _LEFT - _RIGHT) / self.count

    def x(self, bar: int) -> float:
        return _LEFT + bar * self.width

    def height(self, mails: int) -> float:
        return _BARS * mails / self.most


def drawn(series: Mapping[str, Mails], start: datetime, end: datetime, language: str) -> str:
    """Draw what left under each policy between two aware instants; days are those of the first one's zone."""
    weeks = max(1, ceil((end - start) / timedelta(weeks=1) / _MOST_BARS))
    step = timedelta(weeks=weeks)
    binned = {name: _binned(mails, start, step) for name, mails in series.items()}
    most = max((bar.total() for bars in binned.values() for bar in bars.values()), default=1)
    scale = _Scale(start, step, max(1, ceil((end - start) / step)), most)
    size = {"width": str(_WIDTH), "height": str(_TOP + _ROW * len(series))}
    svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **size, "style": _FONT})
    SubElement(svg, "rect", {**size, "fill": "#ffffff"})
    title = message("dunning.picture.week" if weeks == 1 else "dunning.picture.weeks", count=weeks)
    _text(svg, (_LEFT, 24), say(title, language), weight="600")
    _legend(svg, language)
    for place, (name, bars) in enumerate(binned.items()):
        top, mails = _TOP + _ROW * place, message("dunning.count.mails", count=len(series[name]))
        total = say(message("dunning.picture.total", name=name, mails=mails), language)
        _text(svg, (_LEFT, top + 14), total, weight="600")
        _row(svg, top + 24 + _BARS, bars, scale, language)
        _dates(svg, top + 24 + _BARS + 16, scale, language)
    return tostring(svg, encoding="unicode")


def _binned(mails: Mails, start: datetime, step: timedelta) -> Bars:
    bars: dict[int, Counter[Tone]] = {}
    for at, tone in mails:
        bars.setdefault((at - start) // step, Counter())[tone] += 1
    return bars


def _row(svg: Element, foot: float, bars: Bars, scale: _Scale, language: str) -> None:
    for part in (0, scale.most):
        y = f"{foot - scale.height(part):.1f}"
        ends = {"x1": str(_LEFT), "x2": str(_WIDTH - _RIGHT), "y1": y, "y2": y}
        SubElement(svg, "line", {**ends, "stroke": "#dddddd"})
        _text(svg, (_LEFT - 8, float(y) + 4), str(part), anchor="end")
    for place, tones in bars.items():
        y_of = foot
        for tone in Tone:
            height = scale.height(tones[tone])
            y_of -= height
            bar = _box(svg, (scale.x(place) + 1, y_of), (max(scale.width - 2, 1), height), _COLOURS[tone])
            SubElement(bar, "title").text = f"{tones[tone]} {say(TONES[tone], language)}"


def _dates(svg: Element, y: float, scale: _Scale, language: str) -> None:
    for place in range(0, scale.count, max(1, ceil(scale.count / 8))):
        if scale.x(place) > _WIDTH - _RIGHT - _DATE:
            break
        day = scale.start + timedelta(seconds=1) + scale.step * place
        _text(svg, (scale.x(place), y), formats.day(day.date(), language))


def _legend(svg: Element, language: str) -> None:
    x = _WIDTH - _RIGHT - _NAME * len(_COLOURS)
    for place, (tone, colour) in enumerate(_COLOURS.items()):
        _box(svg, (x + _NAME * place, 14), (12, 12), colour)
        _text(svg, (x + _NAME * place + 18, 24), say(TONES[tone], language))


def _box(svg: Element, at: tuple[float, float], size: tuple[float, float], colour: str) -> Element:
    places = {"x": f"{at[0]:.1f}", "y": f"{at[1]:.1f}"}
    sizes = {"width": f"{size[0]:.1f}", "height": f"{size[1]:.1f}"}
    return SubElement(svg, "rect", {**places, **sizes, "fill": colour})


def _text(
    svg: Element, at: tuple[float, float], text: str, *, weight: str = "400", anchor: str = "start"
) -> None:
    places = {"x": f"{at[0]:.1f}", "y": f"{at[1]:.1f}", "font-size": "12", "font-weight": weight}
    SubElement(svg, "text", {**places, "text-anchor": anchor, "fill": "#333333"}).text = text
