"""The `ReportSink` port on a folder: a folder for each week, and a page that lists them."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from raccord.connectors.capabilities import ReportSinkCapabilities, Uniqueness
from raccord.connectors.connection import Check, ConnectionSettings, in_its_words, of_vendor
from raccord.connectors.errors import ConnectorError, Forbidden, Transient
from raccord.connectors.report_sink import ReportSink
from raccord.domain.report.publication import Publication
from raccord.domain.report.week import Week
from raccord.domain.values.clock import BusinessClock
from raccord.domain.values.message import message
from raccord.texts.report.page import contents
from raccord.texts.report.whole import PAGE, files_of
from raccord.vendors.folder.files import replace, replace_all, sweep
from raccord.vendors.folder.settings import FolderSettings

_CONTENTS = "index.html"


def connect(name: str, settings: ConnectionSettings, _clock: BusinessClock) -> ReportSink:
    """Build the port. Raises `TypeError` for the settings of another vendor."""
    return Folder(name, of_vendor(settings, FolderSettings))


class Folder:
    """One folder of a company's."""

    def __init__(self, name: str, settings: FolderSettings) -> None:
        self._name = name
        self._root = settings.directory

    @property
    def capabilities(self) -> ReportSinkCapabilities:
        # A file has its name: written again it is the same file.
        return ReportSinkCapabilities(
            uniqueness=Uniqueness.UNIQUE_REFERENCE, requests_per_second=10, requests_per_activity=1
        )

    async def publish(self, publication: Publication) -> str:
        return await asyncio.to_thread(self._publish, publication)

    def _publish(self, shown: Publication) -> str:
        files = files_of(shown)
        with self._told():
            self._writable()
            folder = self._root.resolve() / str(shown.week)
            replace_all(folder, files)
            replace(self._root / _CONTENTS, contents(self._weeks(), PAGE, shown).encode())
            for each in (self._root, folder):
                sweep(each)
        return str(folder / PAGE)

    def _weeks(self) -> tuple[Week, ...]:
        """Return the weeks that are there, the newest first; what else people keep beside them is theirs."""
        found = []
        for each in self._root.glob(f"*/{PAGE}"):
            try:
                week = Week.parse(each.parent.name)
            except ValueError:
                continue
            if str(week) == each.parent.name:
                found.append(week)
        return tuple(sorted(found, reverse=True))

    async def probe(self) -> None:
        with self._told():
            await asyncio.to_thread(self._writable)

    async def check(self) -> tuple[Check, ...]:
        try:
            await self.probe()
        except ConnectorError as error:
            remedy = message("folder.correct", name=self._name)
            return (
                Check.fail(
                    message("check.directory"), in_its_words(error), expected=str(self._root), remedy=remedy
                ),
            )
        return (Check.ok(message("check.directory"), str(self._root.resolve())),)

    async def close(self) -> None:
        """Nothing is held open."""

    def _writable(self) -> None:
        """Raises `Forbidden` where nothing can be written, and `OSError`."""
        if not self._root.is_dir():
            raise Forbidden(
                f"{self._name}: there is no folder {self._root}. Make it, mount it, or correct directory of "
                f"[{self._name}]."
            )
        if not os.access(self._root, os.W_OK | os.X_OK):
            raise self._refused(self._root)

    def _refused(self, where: Path | str) -> Forbidden:
        return Forbidden(
            f"{self._name}: {where} may not be written. Let Raccord's user write there, or correct directory "
            f"of [{self._name}]."
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the system says into our errors. What was begun is completed by the next attempt."""
        try:
            yield
        except PermissionError as error:
            raise self._refused(error.filename or self._root) from error
        except OSError as error:
            raise Transient(
                f"{self._name}: {error.filename or self._root} cannot be written ({error.strerror})."
            ) from error
