"""As whom Google is asked."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, cast

from finrisk_rules.platforms import SCOPE

from ..errors import FinriskError
from ..machine.identity import now
from ..text import read_text

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

_LONGEST = 300  # characters of what Google says


def credentials(path: str) -> Credentials:
    """Return the credentials of a file, without one the application default ones.

    They are loaded without scopes and get them afterwards: with scopes google-auth asks the Resource Manager
    for the project of a workload identity, which our caller knows and an account need not be allowed to read.
    Raises FinriskError when there are none, or when the file is not a credentials file.
    """
    import google.auth
    from google.auth.credentials import with_scopes_if_required
    from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError
    from google.oauth2 import service_account

    try:
        if not path:
            account, _ = google.auth.default()
            return cast("Credentials", with_scopes_if_required(account, [SCOPE]))  # type: ignore[no-untyped-call]  # google-auth has no types here
        content = json.loads(read_text(Path(path)))
        if content.get("type") == "service_account":
            return service_account.Credentials.from_service_account_info(content, scopes=[SCOPE])  # type: ignore[no-untyped-call, no-any-return]  # google-auth has no types here
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the file is the operator's own
            account, _ = google.auth.load_credentials_from_file(path)  # type: ignore[no-untyped-call]  # as above
        return cast("Credentials", with_scopes_if_required(account, [SCOPE]))  # type: ignore[no-untyped-call]  # as above
    except DefaultCredentialsError as error:
        if path:
            raise FinriskError(_not_credentials(path, error)) from None
        raise FinriskError(
            "no Google credentials found; set finrisk_google_credentials_file "
            "(GOOGLE_APPLICATION_CREDENTIALS) to a service account's file, "
            "or run `gcloud auth application-default login`"
        ) from None
    except OSError as error:
        raise FinriskError(
            f"cannot read the Google credentials {path}: {error.strerror}; "
            "set finrisk_google_credentials_file to a file that this account can read"
        ) from None
    except (ValueError, AttributeError, GoogleAuthError) as error:
        raise FinriskError(_not_credentials(path, error)) from None


def refused(error: Exception) -> str:
    """Return what Google's refusal of the credentials means: of the key, or of the time of its signature."""
    said = " ".join(str(error).split())
    return (
        f"Google refused the credentials ({said[:_LONGEST]}); renew the service account's key or name "
        "another file in finrisk_google_credentials_file, but first look at the clock: this machine says "
        f"that it is {now()}"
    )


def _not_credentials(path: str, error: Exception) -> str:
    return (
        f"{path} is not a Google credentials file ({type(error).__name__}); "
        "set finrisk_google_credentials_file to a service account's JSON file"
    )
