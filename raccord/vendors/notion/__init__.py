"""Notion, API 2025-09-03 and 2026-03-11: a page for each week, and a database of gaps."""

from raccord.connectors.connection import Kind, Vendor
from raccord.connectors.report_sink import ReportSink
from raccord.vendors.notion.connector import connect
from raccord.vendors.notion.settings import NotionSettings

REPORT_SINK: Vendor[ReportSink] = Vendor(settings=NotionSettings, connect=connect)
ROLES = {Kind.REPORT_SINK: REPORT_SINK}
