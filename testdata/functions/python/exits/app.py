"""Handlers after which there is no process any more, or too late."""
import ctypes
import os
import signal
import sys
import time


def leave(event, context):
    sys.exit(event.get("status"))


def leave_with_words(event, context):
    sys.exit("out of words")


def quit_at_once(event, context):
    sys.stdout.write("no newline")
    os._exit(7)


def segfault(event, context):
    print("before")
    ctypes.string_at(0)


def killed(event, context):
    sys.stdout.write("no newline")
    sys.stdout.write(" at all")
    os.kill(os.getpid(), signal.SIGKILL)


def sleep(event, context):
    sys.stdout.write("still here")
    time.sleep(30)


def interrupted(event, context):
    print("before")
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(30)
