"""Logs of the service, as its settings want them."""

import logging

from keywright.blueprints.foundation.settings import AuthSettings
from keywright.shared.log_lines import Form
from keywright.shared.logging import QueueingHandler, configure


def set_up_logs(settings: AuthSettings) -> QueueingHandler:
    """Send the process's logs to standard error; uvicorn tells only of problems."""
    chosen: Form = "json" if settings.is_production else "console"
    handler = configure(settings.log_level, settings.log_format or chosen)
    if settings.log_level != "debug":
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    return handler
