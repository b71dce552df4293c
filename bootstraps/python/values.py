"""What JSON has no word for, by the rules of AWS's runtimes."""
import os
from decimal import Decimal

from .era import NATIVE


def substitute(value, marks):
    """What to write in place of a value that an encoder cannot write; TypeError if there is nothing.

    AWS writes a Decimal as a number of the same digits, which no encoder of the standard library can be told to do.
    It leaves as a string between marks that no other string contains; the caller drops marks and quotes.
    """
    if isinstance(value, Decimal):
        if not marks:
            marks.append("".join("%02x" % byte for byte in bytearray(os.urandom(16))))
        return marks[0] + ("NaN" if value.is_nan() else str(value)) + marks[0]
    if NATIVE:
        raise TypeError("%r is not JSON serializable" % (value,))
    if hasattr(value, "_asdict"):
        return value._asdict()
    if isinstance(value, bytes):
        return value.decode("utf-8")
    raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def without_named_tuples(value):
    """A copy with objects for named tuples, as simplejson writes them, which AWS's runtimes encode with."""
    try:
        return copy(value)
    except RuntimeError:  # a cycle, of which the encoder will tell
        return value


def copy(value):
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, dict):
        return dict((key, copy(item)) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return [copy(item) for item in value]
    return value
