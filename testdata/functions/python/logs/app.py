# -*- coding: utf-8 -*-
"""Output of all kinds."""
import logging
import os
import subprocess
import sys

logging.basicConfig(level=logging.DEBUG, format="not used")
logger = logging.getLogger("shop")


def levels(event, context):
    logging.debug("a debug line")
    logging.info("an info line")
    logging.warning("a warning, %d%%", 5)
    logger.error("an error of the shop")
    root = logging.getLogger()
    return [root.level, [type(handler).__name__ for handler in root.handlers]]


def exception(event, context):
    try:
        raise ValueError("caught")
    except ValueError:
        logging.exception("it happened")


def extra(event, context):
    logger.warning("with more", extra={"order": 7, "nothing": None})


def printed(event, context):
    print("plain")
    print("two\nlines")
    sys.stderr.write("to stderr\n")
    sys.stdout.write("no newline")


def accents(event, context):
    print(u"caf\u00e9")
    print("thé")
    logging.warning(u"\u65e5\u672c")


def child(event, context):
    print("parent before")
    subprocess.check_call(["/bin/echo", "child"])
    os.write(1, b"direct\n")
    print("parent after")


def redirected(event, context):
    sys.stdout = open(os.devnull, "w")
    raise ValueError("still seen")


def many(event, context):
    for number in range(event["lines"]):
        print("line %d" % number)
