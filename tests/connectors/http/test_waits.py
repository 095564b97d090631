from datetime import UTC, datetime, timedelta

import pytest

from raccord.connectors.http.waits import asked, wait

NOW = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
OTHERWISE = timedelta(seconds=10)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("7", 7, 7),
        ("0", 1, 1),
        ("999999", 86400, 86400),
        ("Fri, 27 Nov 2026 08:10:00 GMT", 600, 600),
        ("Fri, 27 Nov 2026 09:10:00 +0100", 600, 600),
        ("Fri, 27 Nov 2026 08:10:00 -0000", 600, 600),
        ("Wed, 25 Nov 2026 08:00:00 GMT", 1, 1),
        ("Mon, 27 Nov 2028 08:00:00 GMT", 86400, 86400),
        ("soon", 10, 15),
        ("", 10, 15),
        ("-5", 10, 15),
        ("1.5", 10, 15),
        ("٣", 10, 15),
        ("9" * 5000, 10, 15),
    ],
)
def test_retry_after_is_obeyed_within_reason(text: str, low: int, high: int) -> None:
    found = wait(text, otherwise=OTHERWISE, now=NOW)
    assert timedelta(seconds=low) <= found <= timedelta(seconds=high)


def test_waits_without_a_word_are_spread_out() -> None:
    assert len({wait("", otherwise=OTHERWISE, now=NOW) for _ in range(20)}) > 10


def test_nothing_readable_is_nothing() -> None:
    assert asked("soon", now=NOW) is None
