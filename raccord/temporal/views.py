"""The views of the Temporal Web UI that people come back to: which flows wait, and for whom.

The Web UI keeps saved views in each browser and takes none from outside, so a view is a link. It shows the
parts of a query as filters where there are spaces around operators; `NOT STARTS_WITH` it misreads.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from raccord.domain.values.message import Text, message
from raccord.temporal.search import AWAITS, CAUSE, STATE

_WAITING = f'ExecutionStatus = "Running" AND {STATE.name} = "waiting"'


@dataclass(frozen=True)
class View:
    """Some of the flows, by a query on their search attributes."""

    label: Text
    query: str


def waiting(connections: Iterable[str]) -> tuple[View, View]:
    """Return the views of the flows that wait for a person, and for one of these connections."""
    people = "".join(f' AND {CAUSE.name} != "{AWAITS}{name}"' for name in connections)
    return (
        View(message("view.person"), _WAITING + people),
        View(message("view.vendor"), f'{_WAITING} AND {CAUSE.name} STARTS_WITH "{AWAITS}"'),
    )


@dataclass(frozen=True)
class WebUi:
    """Where the Web UI shows one namespace; `address` is without a slash at the end."""

    address: str
    namespace: str

    @property
    def flows(self) -> str:
        """The link to the list of all flows."""
        return f"{self.address}/namespaces/{self.namespace}/workflows"

    def view(self, view: View) -> str:
        """Return the link to a view."""
        return f"{self.flows}?query={quote_plus(view.query, safe='=!')}"

    def flow(self, workflow_id: str) -> str:
        """Return the link to a flow's page: that of its latest run."""
        return f"{self.flows}/{quote(workflow_id, safe='')}"

    def links(self, connections: Iterable[str]) -> Iterator[tuple[Text, str]]:
        """Yield label and link of the list of all flows and of each view."""
        yield message("view.all"), self.flows
        for view in waiting(connections):
            yield view.label, self.view(view)
