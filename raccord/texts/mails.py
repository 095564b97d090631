"""Mails to customers: templates in each language, which a company may replace by its own.

A mail is `<name>.<language>.txt`, whose first line is the subject, and beside it `<name>.<language>.html`
where there is more than plain text. A company's folder goes first, mail by mail: where it has the text,
only its own HTML belongs to it. Placeholders are those of `raccord.domain.rules.onboarding`, written
`{{ customer }}`; what a customer typed is escaped in HTML and can do nothing anywhere.
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import DictLoader, StrictUndefined, TemplateError, TemplateNotFound
from jinja2.sandbox import ImmutableSandboxedEnvironment

from raccord.domain.values.base import OneLine, Value
from raccord.texts.catalog import ELSEWHERE

_OURS = Path(str(files(__package__) / "templates"))
_LARGEST = 256 * 1024
"""Bytes of a template; a mail is no place for more."""


class BadTemplate(Exception):
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

    def render(self, name: str, language: str, named: Mapping[str, str]) -> Worded:
        """Fill a mail in, in its language, else in English. Raises `BadTemplate`."""
        folder, stem = self._found(name, language)
        plain = self._filled(self._plain, folder / f"{stem}.txt", named)
        subject, _, text = plain.strip().partition("\n")
        if not subject.strip() or not text.strip():
            raise BadTemplate(f"{stem}.txt needs a first line, the subject, and a text below it.")
        page = folder / f"{stem}.html"
        html = self._filled(self._html, page, {**named, "subject": subject}) if page.is_file() else ""
        return Worded(subject=subject, text=text.strip() + "\n", html=html)

    def _found(self, name: str, language: str) -> tuple[Path, str]:
        for folder in self._folders:
            for stem in (f"{name}.{language}", f"{name}.{ELSEWHERE}"):
                if (folder / f"{stem}.txt").is_file():
                    return folder, stem
        places = " and ".join(str(folder) for folder in self._folders[:-1]) or "Raccord's own"
        raise BadTemplate(f"There is no mail template {name}.{language}.txt in {places}.")

    def _filled(
        self, environment: ImmutableSandboxedEnvironment, file: Path, named: Mapping[str, str]
    ) -> str:
        try:
            content = file.read_bytes()
            if len(content) > _LARGEST:
                raise BadTemplate(f"{file.name} is larger than {_LARGEST // 1024} KB.")
            return environment.from_string(content.decode("utf-8")).render(named)
        except UnicodeDecodeError as error:
            raise BadTemplate(f"{file.name} is not saved as UTF-8.") from error
        except TemplateNotFound as error:
            raise BadTemplate(f"{file.name} asks for another template, which is not possible.") from error
        except OSError as error:
            raise BadTemplate(f"{file.name} cannot be read: {error.strerror}.") from error
        except TemplateError as error:
            raise BadTemplate(f"{file.name} cannot be filled in: {error.message}.") from error
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            # Whatever a template of the company's may compute.
            raise BadTemplate(f"{file.name} cannot be filled in ({type(error).__name__}).") from error
