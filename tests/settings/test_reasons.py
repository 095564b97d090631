"""Why a value cannot be used is said in the language of whoever reads it."""

from datetime import date, time, timedelta
from typing import Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from raccord.domain.rules.dunning import Dunning
from raccord.domain.rules.modes import Mode
from raccord.domain.values.base import Duration, Value
from raccord.settings.reasons import reason
from raccord.texts import LANGUAGES, say
from raccord.vendors.smtp.settings import SmtpSettings
from tests.texts.reading import foreign


class Section(Value):
    least: int = Field(default=1, ge=1, le=9)
    more: Duration = Field(default=timedelta(1), gt=timedelta(0))
    on: bool = False
    day: date | None = None
    at: time = time(9)
    mode: Mode = Mode.SHADOW
    language: Literal["fr", "en"] = "fr"
    names: tuple[str, ...] = ()
    words: dict[str, str] = Field(default_factory=dict)
    name: str = ""


def why(model: type[BaseModel], given: dict[str, object], language: str) -> str:
    with pytest.raises(ValidationError) as refused:
        model.model_validate(given)
    return say(reason(refused.value.errors(include_url=False, include_input=False)[0]), language)


@pytest.mark.parametrize(
    ("given", "french", "english"),
    [
        ({"least": 0}, "c'est au moins 1", "it is at least 1"),
        ({"least": 10}, "c'est au plus 9", "it is at most 9"),
        ({"least": "x"}, "ce n'est pas un nombre", "it is not a number"),
        ({"more": "soon"}, "soon n'est pas une durée", "soon is no span of time"),
        ({"on": "perhaps"}, "ce n'est ni true ni false", "it is neither true nor false"),
        ({"day": "x"}, "ce n'est pas un jour comme 2026-01-31", "it is not a day like 2026-01-31"),
        ({"at": "x"}, "ce n'est pas une heure comme 09:00", "it is not an hour like 09:00"),
        ({"mode": "x"}, "écrivez shadow, draft ou live", "write shadow, draft or live"),
        ({"language": "x"}, "écrivez fr ou en", "write fr or en"),
        ({"names": 1}, "ce n'est pas une liste", "it is not a list"),
        ({"words": 1}, "ce n'est ni une section ni une table", "it is neither a section nor a table"),
        ({"name": 1}, "ce n'est pas un texte", "it is not a text"),
    ],
    ids=str,
)
def test_what_pydantic_refuses_is_said_in_both_languages(
    given: dict[str, object], french: str, english: str
) -> None:
    said = {language: why(Section, given, language) for language in LANGUAGES}
    assert (said["fr"].startswith(french), said["en"].startswith(english)) == (True, True), said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_our_rules_refuse_is_said_in_both_languages(language: str) -> None:
    said = [
        why(Dunning, {"levels": [{"day": 7, "tone": "firm"}, {"day": 15, "tone": "courteous"}]}, language),
        why(SmtpSettings, {"base_url": "https://mail.test", "sender": "a@example.fr"}, language),
        why(SmtpSettings, {"base_url": "smtp://mail.test:25", "sender": "nobody"}, language),
    ]
    assert [word for each in said for word in foreign(each, language)] == []
    assert not any("unfit" in each for each in said)
