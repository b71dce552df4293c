"""Events and responses as JSON.

To read and write it, the package json adds nothing to two C functions but the import of re, enum, functools and
collections.
"""
from .era import NATIVE, VERSION, Fault


class ScannerOptions(object):
    """What json.JSONDecoder tells the C scanner."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float, parse_int = float, int
    parse_constant = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.__getitem__
    encoding = "utf-8"  # Python 2.7 asks for it


try:
    import _json

    scan = _json.make_scanner(ScannerOptions)
    escape = _json.encode_basestring_ascii
    if VERSION >= (3, 12):  # since then AWS leaves what is not ASCII as it is
        escape = _json.encode_basestring
except Exception:  # not CPython, or one to come that has changed its mind
    scan = None


def load(data):
    """The value of JSON in UTF-8. What the scanner cannot do alone, the package gets to do, or to explain."""
    try:
        text = data.decode("utf-8").strip(" \t\r\n")
        value, end = scan(text, 0)
        if end == len(text):
            return value
    except Exception:
        pass
    import json

    return json.loads(data)


def dump(value):
    """The JSON of a value as text, by AWS's rules for what JSON has no word for."""
    marks = []

    def default(other):
        from . import values

        return values.substitute(other, marks)

    if scan:
        encode = _json.make_encoder({}, default, escape, None, ": ", ", ", False, False, True)
        text = "".join(encode(value, 0))
    else:
        import json

        text = json.dumps(value, default=default, ensure_ascii=VERSION < (3, 12))
    for mark in marks:
        text = text.replace('"' + mark, "").replace(mark + '"', "")
    return text


def unmarshal(event):
    try:
        return load(event)
    except Exception as error:
        raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input", error)


def marshal(response):
    """The body of a handler's response, and its content type."""
    if isinstance(response, bytes) and not NATIVE:
        return response, "application/unknown"
    try:
        if count_tuple_classes() != TUPLE_CLASSES and not NATIVE:  # there may be named tuples
            from . import values

            response = values.without_named_tuples(response)
        return dump(response).encode("utf-8"), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response", error)


def count_tuple_classes():
    return len(type.__subclasses__(tuple))


TUPLE_CLASSES = count_tuple_classes()
