"""The approval of a large invoice with the longest texts, posted to a Slack as strict as the real one."""

import json
from decimal import Decimal

import pytest

from raccord.domain.deal_won.approval import approval
from raccord.domain.deal_won.outcome import question_about
from raccord.domain.deal_won.quality import examine
from raccord.domain.desk.notice import Notice
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.deal import Deal
from raccord.domain.values.parties import Owner
from raccord.texts.questions import Standing, notice_of
from raccord.texts.voice import Voice
from raccord.vendors.slack import MESSENGER
from raccord.vendors.slack.settings import SlackSettings
from tests.domain.samples import DEAL, TODAY, address, company, deal, invoice, line, policy, terms
from tests.sandbox.slack_bench import TOKEN, slack_bench

PLAIN = str.maketrans({"\u202f": " ", "\u00a0": " "})
LONG = "Prestation <très> longue & détaillée 👩🏽‍🔧 " * 40


def card(found: Deal) -> Notice:
    plan = examine(found, policy(), TODAY).plan
    assert plan
    draft = invoice(page="https://billing.example/in_1")
    ask = approval(plan, policy(), recipient=plan.profile.email, today=TODAY, draft=draft)
    standing = Standing(incident="0000beef", revision=1)
    return notice_of(question_about(DEAL, found, ask), standing, Voice(contact="Anne"))


@pytest.mark.parametrize("lines", [1, 20, 250])
async def test_an_approval_of_any_size_is_one_message(lines: int) -> None:
    big = deal(
        name=LONG,
        owner=Owner(id="77", name=LONG, email="anne@acme.fr"),
        url="https://crm.example/7",
        purchase_order=LONG,
        payment_terms=terms(90),
        companies=(company(name=LONG, address=address(line1=LONG, city=LONG)),),
        lines=tuple(line(id=str(n), name=LONG, unit_price=Decimal("3413.6667")) for n in range(lines)),
    )
    async with slack_bench() as bench:
        settings = {"base_url": f"{bench.base}/slack/api/", "bot_token": TOKEN, "channel": "C0BILLING"}
        slack = MESSENGER.connect("slack", SlackSettings.model_validate(settings), BusinessClock())
        place = await slack.post(card(big), ref="q-1")
        await slack.close()
        (message,) = await bench.messages()
    assert message["ts"] == place.message
    said = json.dumps(message, ensure_ascii=False).translate(PLAIN)
    for figure in (
        "6 827,33 € HT, TVA 20 %",
        "Total TTC",
        "20/02/2027",
        "Ouvrir le brouillon",
        "Émettre et envoyer",
    ):
        assert figure in said, figure
