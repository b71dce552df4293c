# -*- coding: utf-8 -*-
"""Events that come in, and results that JSON has a word for or has not."""
import collections
import datetime
import decimal

Point = collections.namedtuple("Point", "x y")


def echo(event, context):
    return event


def type_name(event, context):
    return type(event).__name__


def nothing(event, context):
    pass


def decimals(event, context):
    return [decimal.Decimal("1.10"), {"pi": decimal.Decimal("3.14159265358979323846264338")}, decimal.Decimal("NaN")]


def not_a_number(event, context):
    return [float("nan"), float("inf")]


def raw_bytes(event, context):
    return b"\x89PNG\r\n\xff"


def nested_bytes(event, context):
    return {"bytes": b"text"}


def tuples(event, context):
    return {"pair": (1, 2), "points": [Point(3, Point(4, 5))]}


def accents(event, context):
    return u"caf\u00e9 \U0001f600"


def utf8_text(event, context):
    return "café"


def date(event, context):
    return {"at": datetime.datetime(2018, 11, 22)}


def generator(event, context):
    yield 1


def cycle(event, context):
    value = []
    value.append(value)
    return value


def large(event, context):
    return "x" * event["size"]
