"""The links to the flows that wait are what the Web UI understands."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from raccord.temporal.views import WebUi, waiting
from raccord.texts import say_param

UI = WebUi("http://127.0.0.1:8233", "raccord")


def test_a_view_is_a_link_with_its_query() -> None:
    person, vendor = waiting(("hubspot", "stripe"))
    for view in (person, vendor):
        link = urlsplit(UI.view(view))
        assert (link.netloc, link.path) == ("127.0.0.1:8233", "/namespaces/raccord/workflows")
        assert parse_qs(link.query) == {"query": [view.query]}
    assert person.query == (
        'ExecutionStatus = "Running" AND RaccordState = "waiting" '
        'AND RaccordCause != "awaits_hubspot" AND RaccordCause != "awaits_stripe"'
    )
    assert vendor.query == (
        'ExecutionStatus = "Running" AND RaccordState = "waiting" AND RaccordCause STARTS_WITH "awaits_"'
    )


def test_a_flows_page_is_found_by_its_id_alone() -> None:
    assert UI.flow("deal-won/hubspot/7") == f"{UI.flows}/deal-won%2Fhubspot%2F7"


def test_whoever_watches_is_given_every_link_with_its_name() -> None:
    labels = [say_param(label, "en") for label, _ in UI.links(("hubspot", "stripe"))]
    assert labels == ["all flows", "waits for a person", "waits for a vendor"]


def test_the_docs_have_the_filters_as_they_are() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "operating.md").read_text("utf-8")
    for view in waiting(("hubspot", "stripe")):
        assert f"| {say_param(view.label, 'en')} | `{view.query}` |" in docs


def test_the_readme_links_to_the_views_where_the_ui_usually_is() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    for view in waiting(("hubspot", "stripe")):
        assert f"({UI.view(view)})" in readme
