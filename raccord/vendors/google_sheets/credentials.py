"""Google's two files of credentials: a service account's key, and a workload identity without any key.

Not by the library `google-auth`: it brings five packages and a client of its own for each request, for a
signed claim and three forms.
"""

import json
import re
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError

from raccord.connectors.errors import Auth

_IMPERSONATED = re.compile(r"/serviceAccounts/([^/:]+@[^/:]+):generateAccessToken$")
_HOW = (
    "Enter as key_file of this connection the JSON file of a service account's key, or the configuration of "
    "a workload identity (type external_account)."
)


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class ServiceAccount(_File):
    """The key of a service account, as the Cloud console hands it out (Google docs: service account keys)."""

    type: Literal["service_account"]
    client_email: str
    private_key: SecretStr
    private_key_id: str | None = None
    token_uri: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address

    @property
    def email(self) -> str:
        """With whom the spreadsheet is shared."""
        return self.client_email

    def key(self) -> RSAPrivateKey:
        """Raises `ValueError`."""
        key = load_pem_private_key(self.private_key.get_secret_value().encode(), password=None)
        if not isinstance(key, RSAPrivateKey):
            raise ValueError("no RSA key")  # noqa: TRY004 - what a file says is a value
        return key


class TokenFormat(_File):
    type: Literal["text", "json"] = "text"
    subject_token_field_name: str = ""


class TokenFile(_File):
    """Where the platform leaves the token that says who this workload is, and renews it."""

    file: Path
    format: TokenFormat = TokenFormat()

    def read(self) -> str:
        """Raises `OSError`, `ValueError`, `KeyError`."""
        text = self.file.read_text()
        return str(json.loads(text)[self.format.subject_token_field_name] if self._json else text).strip()

    @property
    def _json(self) -> bool:
        return self.format.type == "json"


class WorkloadIdentity(_File):
    """`external_account`: a platform's own token is exchanged for Google's (AIP-4117, RFC 8693).

    It acts as a service account: a spreadsheet is shared with an e-mail address, which no workload has.
    """

    type: Literal["external_account"]
    audience: str
    subject_token_type: str
    token_url: str = "https://sts.googleapis.com/v1/token"  # noqa: S105 - an address
    service_account_impersonation_url: Annotated[str, Field(pattern=_IMPERSONATED.pattern)]
    credential_source: TokenFile

    @property
    def email(self) -> str:
        """With whom the spreadsheet is shared."""
        found = _IMPERSONATED.search(self.service_account_impersonation_url)
        return found[1] if found else ""


Credentials: TypeAlias = ServiceAccount | WorkloadIdentity
_CREDENTIALS: TypeAdapter[Credentials] = TypeAdapter(Annotated[Credentials, Field(discriminator="type")])


def load(path: Path) -> Credentials:
    """Read the file of credentials. Raises `Auth`, which says nothing of what is in it."""
    try:
        content: Any = json.loads(path.read_text())
    except OSError as error:
        raise Auth(f"The file {path} cannot be read ({type(error).__name__}). {_HOW}") from None
    except ValueError:
        raise Auth(f"The file {path} is no JSON. {_HOW}") from None
    try:
        return _CREDENTIALS.validate_python(content)
    except ValidationError as error:
        places = sorted({".".join(map(str, each["loc"])) or "type" for each in error.errors()})
        raise Auth(f"The file {path} lacks or misstates {', '.join(places)}. {_HOW}") from None
