"""The charts of a report: what they draw, the same each time, and readable without being seen."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from raccord.domain.report.publication import ChartKind
from raccord.texts import LANGUAGES
from raccord.texts.report.drawn import HEIGHT, WIDTH, png, svg
from raccord.texts.report.plotted import Plot, Series, plot
from tests.texts.told_weeks import ordinary, told

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*series: Series, kind: ChartKind = ChartKind.COLUMNS, title: str = "Gagné") -> Plot:
    labels = tuple(f"S{at}" for at in range(len(series[0].values)))
    return Plot(
        key="flow_EUR", title=title, alternative="Gagné 5.", kind=kind, labels=labels, series=series,
        language="fr",
    )  # fmt: skip


def bars(picture: str) -> list[ET.Element]:
    found = ET.fromstring(picture).iter(f"{SVG}rect")  # noqa: S314 - our own
    return [each for each in found if each.get("rx") == "1.5"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_chart_says_what_it_shows_and_keeps_within_its_frame(language: str) -> None:
    shown = told(ordinary(), language)
    for chart in shown.charts:
        root = ET.fromstring(svg(plot(shown, chart)))  # noqa: S314 - our own
        assert root.get("role") == "img"
        assert [each.text for each in root if each.tag in (f"{SVG}title", f"{SVG}desc")] == [
            chart.title,
            chart.alternative,
        ]
        for each in root.iter():
            for side, most in (("x", WIDTH), ("y", HEIGHT), ("cx", WIDTH), ("cy", HEIGHT)):
                assert 0 <= float(each.get(side, 0)) <= most


def test_a_column_is_as_high_as_its_value() -> None:
    low, high = bars(svg(drawn(Series("Gagné", (10.0, 20.0)))))
    assert float(high.get("height", 0)) == pytest.approx(2 * float(low.get("height", 0)), abs=0.2)


def test_a_loss_hangs_below_zero() -> None:
    gain, loss = bars(svg(drawn(Series("Reçu", (10.0, -10.0)))))
    assert float(loss.get("y", 0)) == pytest.approx(float(gain.get("y", 0)) + float(gain.get("height", 0)))


def test_a_line_is_cut_where_nothing_is_known() -> None:
    picture = svg(drawn(Series("DSO", (40.0, 41.0, None, 39.0)), kind=ChartKind.LINE))
    assert picture.count("<polyline") == 2
    assert "39" in picture


@pytest.mark.parametrize("values", [(0.0, 0.0), (None, None), (1e9, 0.01), (0.02, 0.01)])
def test_any_values_have_a_scale(values: tuple[float | None, ...]) -> None:
    ticks = drawn(Series("Gagné", values)).ticks()
    assert 2 <= len(ticks) <= 7
    assert 0 in ticks
    assert max(ticks) >= max((value or 0 for value in values), default=0)
    assert svg(drawn(Series("Gagné", values)))


def test_a_title_is_text_in_the_picture() -> None:
    picture = svg(drawn(Series("<b>", (1.0,)), title='"><script>'), alone=True)
    assert "<script" not in picture
    assert "<b>" not in picture


def test_a_picture_on_a_page_takes_its_colours_from_it() -> None:
    one = drawn(Series("Gagné", (1.0,)))
    assert "<style" not in svg(one)
    assert "fill=" not in svg(one)
    assert "<style" in svg(one, alone=True)


def test_the_same_week_makes_the_same_png_at_once() -> None:
    shown = told(ordinary(), "fr")
    first = plot(shown, shown.charts[0])
    assert png(first)[:8] == b"\x89PNG\r\n\x1a\n"
    assert png(first) == png(first)
    assert png(first) != png(replace(first, title="Autre"))


def test_letters_are_drawn_with_the_font_that_comes_along() -> None:
    bare = drawn(Series("", (1.0,)), title="")
    assert png(bare) != png(replace(bare, title="Gagné"))
