"""The kinds of which a vendor can be begun: those whose suite says what is missing."""

from dataclasses import dataclass
from types import ModuleType

from raccord.connectors import billing, crm, details, messenger, report_sink
from raccord.connectors.connection import Kind


@dataclass(frozen=True)
class Role:
    """What a kind asks of a vendor's package and of its tests."""

    ports: tuple[ModuleType, ...]
    """Whose methods the connector has; the first has the class that `port` names."""
    port: str
    case: str
    """The class that its suites are fed by (`tests/connectors/conformance/cases.py`)."""
    more: tuple[str, ...]
    """What a case says beside what all say, to be replaced by what is so."""
    delivers: bool = True
    """Whether vendors of the kind may tell us something: a case says how to have it delivered."""

    @property
    def home(self) -> str:
        """The module that has the port."""
        return self.ports[0].__name__


ROLES = {
    Kind.CRM: Role(
        ports=(crm, details),
        port="Crm",
        case="CrmCase",
        more=(
            'paid_stage={"paid_stages": ["paid"]},',
            'bare={"custom_fields": False},',
            "most_a_second=20,",
        ),
    ),
    Kind.BILLING: Role(
        ports=(billing, details),
        port="Billing",
        case="BillingCase",
        more=(
            'state="status",',
            'needed=("currency", "total"),',
            "most_a_second=20,",
        ),
    ),
    Kind.MESSENGER: Role(ports=(messenger,), port="Messenger", case="MessengerCase", more=()),
    Kind.REPORT_SINK: Role(
        ports=(report_sink,),
        port="ReportSink",
        case="SinkCase",
        more=("requests=40,", 'writes="/.*",'),
        delivers=False,
    ),
}
