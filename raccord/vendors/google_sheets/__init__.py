"""Google Sheets, API v4: one spreadsheet that people share with a service account."""

from raccord.connectors.connection import Kind, Vendor
from raccord.connectors.report_sink import ReportSink
from raccord.vendors.google_sheets.connector import connect
from raccord.vendors.google_sheets.settings import GoogleSheetsSettings

REPORT_SINK: Vendor[ReportSink] = Vendor(settings=GoogleSheetsSettings, connect=connect)
ROLES = {Kind.REPORT_SINK: REPORT_SINK}
