"""What the settings lack is told once, however many invoices lack it."""

from raccord.domain.data_quality.settings import each_once
from raccord.domain.deal_won.mentions import missing_mention
from raccord.domain.desk.problems import Problem
from raccord.domain.rules.invoicing import InvoicePolicy
from raccord.domain.values.message import Quote


def lacking(language: str, **footers: str) -> Problem:
    rules = InvoicePolicy.model_validate(
        {"footers": footers, "late_payment_mention": True, "discount_mention": True}
    )
    found = missing_mention(rules, language=language, individual=False)
    assert found is not None
    return found


def test_without_any_footer_one_line_names_every_language() -> None:
    (only,) = each_once((lacking("fr"), lacking("en"), lacking("fr")))
    assert only.message.params["languages"] == (Quote(quote="fr"), Quote(quote="en"))


def test_footers_that_lack_different_things_are_told_apart() -> None:
    french = lacking("fr", fr="Pas d'escompte.", en="Thank you.")
    english = lacking("en", fr="Pas d'escompte.", en="Thank you.")
    assert each_once((french, english)) == (french, english)
