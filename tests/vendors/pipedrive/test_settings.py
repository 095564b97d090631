import pytest
from pydantic import ValidationError

from raccord.vendors.pipedrive.settings import PipedriveSettings
from tests.vendors.pipedrive.account import TOKEN, settings


def test_the_token_is_shown_to_nobody() -> None:
    assert TOKEN not in repr(PipedriveSettings.model_validate(settings()))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"base_url": "http://api.pipedrive.com"}, "https only"),
        ({"api_token": "é"}, "ASCII"),
        ({"webhook_secret": "s3crét-Pd!2026-0000"}, "ASCII"),
        ({"webhook_secret": "short"}, "16 characters"),
        ({"webhook_user": "a:b"}, "colon"),
        ({"mapping": {"deals": {"deposit_percent": "Acompte"}}}, "delivered_on"),
        ({"mapping": {"invoice": {"id": "F"}, "payment": {"status": "f"}}}, "mapped twice"),
    ],
)
def test_what_would_never_work_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        PipedriveSettings.model_validate(settings(**wrong))
