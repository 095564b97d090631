"""The figures as a picture: an SVG of bars, written by hand so that nothing has to be installed for it."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from bench.figures import Figure
from bench.report import number

COLOURS = {"server": "#6b7280", "worker": "#2563eb", "bare worker": "#93c5fd", "receiver": "#f59e0b"}
MET, MISSED = "#16a34a", "#dc2626"
WIDTH, LABELS, ROW, BAR = 1000, 400, 26, 16
LARGEST_SHARE = 2.0
"""Where a bar is cut: twice its target."""


def draw(path: Path, figures: Sequence[Figure]) -> None:
    """Draw what a deal costs by process, and how much of its target each figure takes."""
    made_of, aimed = [f for f in figures if f.parts], [f for f in figures if f.share is not None]
    drawing = _Drawing()
    if made_of:
        drawing.heading("CPU of one deal, by process", list(COLOURS.items()))
        largest = max(f.value for f in made_of)
        for figure in made_of:
            pieces = [(v / largest, COLOURS[name]) for name, v in figure.parts.items()]
            drawing.bar(figure.name, pieces, f"{number(figure.value)} {figure.unit}")
    if aimed:
        drawing.heading("Share of the target", [("met", MET), ("missed", MISSED)])
        top = drawing.y
        for figure in aimed:
            share = min(figure.share or 0, LARGEST_SHARE) / LARGEST_SHARE
            text = f"{number(figure.value)} of {number(figure.limit or 0)} {figure.unit}"
            drawing.bar(figure.name, [(share, MET if figure.met else MISSED)], text)
        drawing.line(1 / LARGEST_SHARE, top)
    path.write_text(drawing.svg(), "utf-8")


class _Drawing:
    """Rows of bars, one below the other."""

    def __init__(self) -> None:
        self.y = 10
        self._marks: list[str] = []

    def heading(self, text: str, legend: Iterable[tuple[str, str]]) -> None:
        self.y += ROW
        self._text(10, text, weight="bold")
        x = LABELS
        for name, colour in legend:
            self._box(x, 12, colour)
            self._text(x + 16, name)
            x += 40 + 8 * len(name)
        self.y += 8

    def bar(self, name: str, pieces: Iterable[tuple[float, str]], value: str) -> None:
        """Draw one row; each piece is a share of the whole length, and a colour."""
        self.y += ROW
        self._text(10, name)
        x = float(LABELS)
        for share, colour in pieces:
            width = share * _LENGTH
            self._box(x, width, colour)
            x += width
        self._text(x + 6, value)

    def line(self, share: float, top: int) -> None:
        """Draw a line through the rows from `top` down to here."""
        x = LABELS + share * _LENGTH
        self._marks.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{top + 6}" y2="{self.y + 8}" stroke="#111827"/>'
        )

    def svg(self) -> str:
        size = f'width="{WIDTH}" height="{self.y + 20}"'
        style = 'font-family="sans-serif" font-size="13" fill="#111827"'
        inner = "\n".join(self._marks)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n'
            f'<rect {size} fill="white"/>\n{inner}\n</svg>\n'
        )

    def _text(self, x: float, text: str, *, weight: str = "normal") -> None:
        self._marks.append(f'<text x="{x:.1f}" y="{self.y}" font-weight="{weight}">{escape(text)}</text>')

    def _box(self, x: float, width: float, colour: str) -> None:
        top = self.y - BAR + 4
        self._marks.append(
            f'<rect x="{x:.1f}" y="{top}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>'
        )


_LENGTH = WIDTH - LABELS - 150
