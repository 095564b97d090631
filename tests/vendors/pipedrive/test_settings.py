import pytest
from pydantic import ValidationError

from raccord.vendors.pipedrive.settings import PipedriveSettings
from tests.vendors.pipedrive.account import TOKEN, settings


def test_the_token_is_shown_to_nobody() -> None:
    assert TOKEN not in repr(PipedriveSettings.model_validate(settings()))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"base_url": "http://api.pipedrive.com"}, "unfit.https"),
        ({"api_token": "é"}, "unfit.api_token"),
        ({"webhook_secret": "s3crét-Pd!2026-0000"}, "unfit.webhook_password"),
        ({"webhook_secret": "short"}, "least=16"),
        ({"webhook_user": "a:b"}, "unfit.webhook_user"),
        ({"mapping": {"deals": {"deposit_percent": "Acompte"}}}, "unfit.deposit_field"),
        ({"mapping": {"invoice": {"id": "F"}, "payment": {"status": "f"}}}, "unfit.field_twice"),
    ],
)
def test_what_would_never_work_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        PipedriveSettings.model_validate(settings(**wrong))
