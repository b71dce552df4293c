# -*- coding: utf-8 -*-
"""Handlers that fail."""


class Unprintable(Exception):
    def __str__(self):
        raise ValueError("no text")


def boom(event, context):
    raise ValueError("boom")


def deep(event, context):
    return boom(event, context)


def silent(event, context):
    raise RuntimeError()


def unprintable(event, context):
    raise Unprintable()


def accents(event, context):
    raise ValueError(u"caf\u00e9")


def chained(event, context):
    try:
        boom(event, context)
    except ValueError:
        raise KeyError("second")


def every_second(event, context, calls=[]):
    calls.append(1)
    if len(calls) % 2:
        raise ValueError("odd")
    return len(calls)


not_callable = 42
