import html

import pytest

from raccord.connectors.lengths import cut, cut_at_word


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("", 0, ""),
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("ab   cd", 5, "ab…"),
        ("abcd", 1, "…"),
    ],
)
def test_what_is_cut_says_so(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("un deux trois", 13, "un deux trois"),
        ("un deux trois", 12, "un deux…"),
        ("un deux trois", 8, "un deux…"),
        ("un deux trois", 7, "un…"),
        ("un deux, trois", 12, "un deux…"),
        ("un deux – trois", 12, "un deux…"),
        ("un\ndeux trois", 6, "un…"),
        ("trois", 4, "tro…"),
        ("l'été e\u0301te\u0301 fini", 10, "l'été…"),
        ("m" * 60, 50, "m" * 49 + "…"),
        ("un " + "m" * 60, 50, "un " + "m" * 46 + "…"),
    ],
)
def test_a_sentence_is_cut_after_a_word(text: str, limit: int, expected: str) -> None:
    assert cut_at_word(text, limit) == expected


@pytest.mark.parametrize(
    "character",
    ["e\u0301", "👍🏽", "👩\u200d💻", "❤\ufe0f", "🇫🇷", "e\u0301\u0327", "👩🏽\u200d🚒"],
)
def test_no_character_is_split(character: str) -> None:
    text = character * 8
    for limit in range(1, len(text)):
        kept = cut(text, limit)
        assert len(kept) <= limit
        whole = kept.removesuffix("…")
        assert whole == character * (len(whole) // len(character)), limit


def test_a_flag_after_flags_stays_whole() -> None:
    assert cut("🇫🇷🇩🇪🇮🇹", 4) == "🇫🇷…"


def test_the_vendor_s_count_is_what_counts() -> None:
    kept = cut("<" * 10, 13, size=lambda c: len(html.escape(c)))
    assert html.escape(kept) == "&lt;&lt;&lt;…"


def test_a_character_without_an_end_is_cut_all_the_same() -> None:
    assert cut("e" + "\u0301" * 1000, 100) == "e" + "\u0301" * 98 + "…"


def test_a_limit_without_room_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="no room"):
        cut("a", 0)
