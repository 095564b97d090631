"""Mails to customers: templates in each language, which a company may replace by its own.

A mail is `<name>.<language>.txt`, whose first line is the subject, and beside it `<name>.<language>.html`
where there is more than plain text. A company's folder goes first, mail by mail: where it has the text,
only its own HTML belongs to it. What a template may name is written `{{ customer }}`; what a customer typed
is escaped in HTML and can do nothing anywhere.
"""

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import mrml
from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from raccord.domain.values.base import OneLine, Value
from raccord.domain.values.message import message
from raccord.texts.catalog import ELSEWHERE
from raccord.texts.told import Told

_OURS = Path(str(files(__package__) / "templates"))
_LARGEST = 256 * 1024
"""Bytes of a template; a mail is no place for more."""
# No fonts from elsewhere: fetching them would tell who reads a mail, and when.
_PLAIN_MJML = mrml.RenderOptions(disable_comments=True, fonts={})
_ALONE = mrml.ParserOptions(include_loader=mrml.noop_loader())


class BadTemplate(Told):
    """A template is missing or cannot be filled in; `str()` is a sentence."""


class Worded(Value):
    """What a mail says. `html` is empty where there is plain text alone."""

    subject: OneLine
    text: str
    html: str = ""


class Templates:
    """The templates of Raccord, and those of a company's `folder` before them."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folders = ((folder,) if folder else ()) + (_OURS,)
        options: dict[str, Any] = {"undefined": StrictUndefined, "loader": DictLoader({})}
        self._plain = ImmutableSandboxedEnvironment(autoescape=False, **options)
        self._html = ImmutableSandboxedEnvironment(autoescape=True, **options)

    def render(self, name: str, language: str, named: Mapping[str, Any]) -> Worded:
        """Fill a mail in, in its language, else in English. Raises `BadTemplate`."""
        folder, stem = self._found(name, language)
        said = self._worded(folder / f"{stem}.txt", named)
        page = folder / f"{stem}.html"
        html = self._filled(self._html, page, {**named, "subject": said.subject}) if page.is_file() else ""
        return said.model_copy(update={"html": html})

    def words(self, name: str, language: str, named: Mapping[str, Any]) -> Worded:
        """Fill in the words alone, for a mail whose HTML is a `page` that all of its kind share."""
        folder, stem = self._found(name, language)
        return self._worded(folder / f"{stem}.txt", named)

    def page(self, name: str, named: Mapping[str, Any]) -> str:
        """Fill a page in: `<name>.mjml`, or a company's `<name>.html`. Raises `BadTemplate`."""
        for folder in self._folders:
            for file in (folder / f"{name}.mjml", folder / f"{name}.html"):
                if file.is_file():
                    return self._filled(self._html, file, named)
        raise BadTemplate(message("mail.no_page", name=name))

    def source(self, name: str) -> str:
        """Return a template as it is written. Raises `BadTemplate`."""
        for folder in self._folders:
            if (file := folder / name).is_file():
                return _source(file)
        raise BadTemplate(message("mail.no_template", name=name))

    def _worded(self, file: Path, named: Mapping[str, Any]) -> Worded:
        plain = self._filled(self._plain, file, named)
        subject, _, text = plain.strip().partition("\n")
        if not subject.strip() or not text.strip():
            raise BadTemplate(message("mail.first_line", file=file.name))
        return Worded(subject=subject, text=text.strip() + "\n")

    def _found(self, name: str, language: str) -> tuple[Path, str]:
        for stem in (f"{name}.{language}", f"{name}.{ELSEWHERE}"):
            for folder in self._folders:
                if (folder / f"{stem}.txt").is_file():
                    return folder, stem
        places = tuple(str(folder) for folder in self._folders[:-1]) or message("mail.ours")
        raise BadTemplate(message("mail.no_words", name=name, language=language, places=places))

    def _filled(
        self, environment: ImmutableSandboxedEnvironment, file: Path, named: Mapping[str, Any]
    ) -> str:
        try:
            return _template(environment, _source(file)).render(named)
        except TemplateNotFound as error:
            raise BadTemplate(message("mail.asks_another", file=file.name)) from error
        except TemplateError as error:
            raise BadTemplate(message("mail.not_filled", file=file.name, said=str(error.message))) from error
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            # Whatever a template of the company's may compute.
            raise BadTemplate(
                message("mail.not_filled_as", file=file.name, said=type(error).__name__)
            ) from error


@lru_cache(maxsize=64)
def _template(environment: ImmutableSandboxedEnvironment, source: str) -> Template:
    return environment.from_string(source)


def _source(file: Path) -> str:
    """Read a template. MJML becomes HTML before it is filled in: no customer's words pass its parser."""
    try:
        content = file.read_bytes()
        if len(content) > _LARGEST:
            raise BadTemplate(message("mail.too_large", file=file.name, size=_LARGEST // 1024))
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadTemplate(message("mail.not_utf8", file=file.name)) from error
    except OSError as error:
        raise BadTemplate(message("mail.unread", file=file.name, why=str(error.strerror))) from error
    return _compiled(text, file.name) if file.suffix == ".mjml" else text


def _compiled(mjml: str, name: str) -> str:
    try:
        return mrml.to_html(mjml, _ALONE, _PLAIN_MJML).content
    except (OSError, ValueError) as error:
        raise BadTemplate(message("mail.no_mjml", file=name, said=str(error))) from error
