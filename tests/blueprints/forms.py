"""The form of answers, of the blueprints that have two: the envelope.

A slot: copied code fills it with what was chosen.
"""

from tests.blueprints.forms_envelope import (
    check_documented,
    check_refusal,
    check_success,
    data_of,
    without_data,
)

__all__ = [
    "check_documented",
    "check_refusal",
    "check_success",
    "data_of",
    "without_data",
]
