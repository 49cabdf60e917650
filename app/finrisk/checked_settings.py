"""The settings of a command that works with them, or its end."""

import sys

from finrisk.google_account import check_credentials
from finrisk.settings import Settings, SettingsError, settings_from_environment


def checked_settings() -> Settings:
    """Return the settings that the environment gives, once the credentials they name can be read.

    Raises:
        SystemExit: 2, they cannot be used; why is on standard error.
    """
    try:
        settings = settings_from_environment()
        check_credentials(settings)
    except SettingsError as error:
        sys.stderr.write(f"finrisk: {error}\n")
        raise SystemExit(2) from None
    return settings
