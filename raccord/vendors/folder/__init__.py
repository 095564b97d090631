"""A folder, on this machine or mounted: the report as files, for a web server, a share or a backup."""

from raccord.connectors.connection import Kind, Vendor
from raccord.connectors.report_sink import ReportSink
from raccord.vendors.folder.connector import connect
from raccord.vendors.folder.settings import FolderSettings

REPORT_SINK: Vendor[ReportSink] = Vendor(settings=FolderSettings, connect=connect)
ROLES = {Kind.REPORT_SINK: REPORT_SINK}
