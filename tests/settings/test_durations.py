"""Spans of time may be written as people write them, in the file and in the environment."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from raccord.domain.rules.watch import Watching


@pytest.mark.parametrize(
    ("written", "seconds"), [(900, 900.0), ("900", 900.0), ("2.5", 2.5), ("PT15M", 900.0), ("P1D", 86400.0)]
)
def test_seconds_and_iso_8601_mean_the_same(written: object, seconds: float) -> None:
    assert Watching.model_validate({"alert_after": written}).alert_after == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("30s", 30.0),
        ("30 s", 30.0),
        ("5 min", 300.0),
        ("5 Minutes", 300.0),
        ("2 h", 7200.0),
        ("2 heures", 7200.0),
        ("1,5 h", 5400.0),
        ("1 h 30 min", 5400.0),
        ("1 day", 86400.0),
        ("2 jours", 172800.0),
        (" 900 ", 900.0),
    ],
)
def test_they_are_read_as_people_write_them(written: str, seconds: float) -> None:
    assert Watching.model_validate({"alert_after": written}).alert_after == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written", ["soon", "", "1e9", "-5", "9" * 12, "5 months", "5 min soon", "min", "1h30"]
)
def test_anything_else_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match=r"unfit\.span"):
        Watching.model_validate({"probe_every": written})
