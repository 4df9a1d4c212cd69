"""What went wrong, in words for the person who started it; never a value."""

from sqlalchemy.exc import DBAPIError

from keywright.features.keys.errors import KeysUnusable, KeyUnknown
from keywright.service.database import is_refused
from keywright.service.failures import Failure
from keywright.service.outages import DOCTOR, outage
from keywright.shared.drivers import DriverMissing
from keywright.shared.errors import StoreUnavailable
from keywright.shared.settings import SettingsInvalid


def explanation(error: Exception) -> str | None:
    """Return what is wrong and what to do; None for a mistake of our own."""
    match error:
        case Failure() | SettingsInvalid() | DriverMissing():
            return str(error)
        case StoreUnavailable():
            return f"{outage(error)}. {DOCTOR}"
        case DBAPIError():
            return _of_database(error)
        case ModuleNotFoundError() if not str(error.name).startswith("keywright"):
            return (
                f"The package {error.name} is missing. Install what the settings need, "
                "such as: pip install 'keywright[postgres,redis]'"
            )
        case OSError(strerror=str(reason), filename=str(name)):
            return f"{name} cannot be used: {reason}."
        case _:
            return _of_keys(error)


def _of_database(error: DBAPIError) -> str:
    if is_refused(error):
        return (
            "The database lets nobody in by AUTH_DATABASE_URL: the user, the password "
            "or the database's name is wrong. To make the database, run: "
            "keywright db create"
        )
    return f"The database refuses a statement ({type(error.orig).__name__}). {DOCTOR}"


def _of_keys(error: Exception) -> str | None:
    if isinstance(error, KeysUnusable):
        return f"The signing keys cannot be used: {error}. {DOCTOR}"
    if isinstance(error, KeyUnknown):
        return "There is no such key. Run: keywright keys list"
    return None
