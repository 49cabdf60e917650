"""As whom Vertex AI is asked: a service account, a workload identity, or the application default."""

from typing import TYPE_CHECKING

from finrisk.settings import Settings, SettingsError
from finrisk_rules.platforms import SCOPE

if TYPE_CHECKING:
    from google.auth.credentials import Credentials


def credentials(settings: Settings) -> "Credentials":
    """The account of GOOGLE_APPLICATION_CREDENTIALS, else the application default credentials.

    They are loaded without scopes and get them afterwards: with scopes google-auth asks the Resource Manager
    for the project of a workload identity, which the settings name and which an account may not see.
    """
    import google.auth
    from google.auth.credentials import with_scopes_if_required

    from finrisk.google_token import EarlyRenewal

    path = settings.google_application_credentials
    account, _ = (
        google.auth.load_credentials_from_file(path)  # type: ignore[no-untyped-call]  # untyped library
        if path
        else google.auth.default(quota_project_id=settings.google_cloud_project)
    )
    return EarlyRenewal(with_scopes_if_required(account, (SCOPE,)))  # type: ignore[no-untyped-call]  # as above


def check_credentials(settings: Settings) -> None:
    """Find out whether the service account file can be read.

    Raises:
        SettingsError: it cannot; the message names the file, never its content.
    """
    path = settings.google_application_credentials
    if settings.gemini_provider != "vertex" or not path:
        return
    import google.auth
    from google.auth.exceptions import GoogleAuthError

    try:
        google.auth.load_credentials_from_file(path)  # type: ignore[no-untyped-call]  # untyped library
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(f"GOOGLE_APPLICATION_CREDENTIALS={path} cannot be read: {reason}") from None
    except (GoogleAuthError, ValueError) as error:
        kind = type(error).__name__
        raise SettingsError(f"GOOGLE_APPLICATION_CREDENTIALS={path} holds no credentials ({kind})") from None
