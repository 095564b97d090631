"""A report as files: its page, a file for each table and a picture for each chart."""

from collections.abc import Mapping

from raccord.domain.report.publication import Publication
from raccord.texts.report.csv_files import csv_files
from raccord.texts.report.drawn import png
from raccord.texts.report.page import page
from raccord.texts.report.plotted import plot

PAGE = "report.html"


def files_of(shown: Publication) -> Mapping[str, bytes]:
    """Return files by name: `report.html`, `2026-W48-gaps.csv`, `2026-W48-flow_EUR.png` and so on."""
    pictures = {f"{shown.week}-{each.key}.png": png(plot(shown, each)) for each in shown.charts}
    return {**csv_files(shown), **pictures, PAGE: page(shown).encode()}
