"""The steps of onboarding as an operator writes them, and what is told of one that cannot work."""

from datetime import timedelta
from pathlib import Path

import pytest

from raccord.connectors.connection import CheckState, Kind
from raccord.domain.rules.onboarding import Customers
from raccord.settings.configuration import BadSettings
from starters.cli.doctor import company
from tests.settings.written import ALL_ROLES, MAKE, SLACK, SMTP, configuration

TASK = '[[onboarding.steps]]\nkind = "crm_task"\nname = "call"\ntitle = "Call {customer}"\n'
MAIL = '[[onboarding.steps]]\nkind = "email"\nname = "welcome"\n'
TELL = '[[onboarding.steps]]\nkind = "slack"\nname = "tell"\ntitle = "{customer} paid"\n'
EVENT = '[[onboarding.steps]]\nkind = "event"\nname = "out"\n'


def test_without_a_step_there_is_no_onboarding(tmp_path: Path) -> None:
    rules = configuration(tmp_path).settings.onboarding
    assert (rules.begun, rules.customers, rules.settle) == ((), Customers.NEW, timedelta(hours=1))


def test_steps_stand_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = configuration(tmp_path, f"{ALL_ROLES}{TASK}{MAIL}on = false\n{TELL}{EVENT}")
    assert [step.name for step in found.settings.onboarding.begun] == ["call", "tell", "out"]
    assert found.of(Kind.MAILER) is not None


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        (MAIL, r"welcome is of kind email, which needs mailer"),
        (TELL, r"tell is of kind slack, which needs messenger"),
        (EVENT, r"out is of kind event, which needs outbound"),
        (TASK + TASK, "two steps are called call"),
        (TASK.replace("{customer}", "{client}"), r"there is no \{client\}; a text may name \{customer\}"),
        (TASK.replace("{customer}", "{customer"), "a brace without its other half"),
        (TASK.replace("{customer}", "{customer.__class__}"), r"there is no \{customer.__class__\}"),
        (TASK.replace('title = "Call {customer}"', ""), "the step call needs a title"),
        (TASK.replace('"call"', '"Call them"'), "is no name of a step"),
        (f'{ALL_ROLES}{EVENT}to = ["zapier"]\n', "out is for zapier, which outbound does not name"),
    ],
)
def test_a_step_that_cannot_work_is_told(tmp_path: Path, toml: str, said: str) -> None:
    with pytest.raises(BadSettings, match=said):
        configuration(tmp_path, toml)


def test_several_endpoints_are_rows_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toml = f'outbound = ["make", "books"]\n{MAKE}{MAKE.replace("[make]", "[books]")}'
    found = configuration(tmp_path, toml)
    assert [row.name for row in found.connections if row.kind is Kind.OUTBOUND] == ["make", "books"]
    monkeypatch.setenv("RACCORD_OUTBOUND", '["books"]')
    again = configuration(tmp_path, MAKE.replace("[make]", "[books]"))
    assert again.settings.outbound == ("books",)


def test_doctor_fills_in_each_template_that_a_step_names(tmp_path: Path) -> None:
    toml = f'mailer = "smtp"\n{SMTP}{MAIL}{MAIL.replace("welcome", "thanks")}template = "thanks"\n'
    checks = {check.name: check for check in company.rules(configuration(tmp_path, toml))}
    assert checks["mail welcome"].state is CheckState.OK
    assert checks["mail thanks"].state is CheckState.FAIL
    assert "no mail template thanks.fr.txt" in checks["mail thanks"].found


def test_messages_need_no_mail_server(tmp_path: Path) -> None:
    found = configuration(tmp_path, f'messenger = "slack"\n{SLACK}{TELL}')
    assert found.of(Kind.MAILER) is None
