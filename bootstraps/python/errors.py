"""Errors in the words of each runtime: the line in the log, and the JSON that the caller gets."""
import os
import time
import traceback

from . import __path__ as own_directory
from . import era, payload

# The faults that tell the caller about their cause before python3.7, and what they were called in the log then.
NATIVE_MESSAGES = {
    "Runtime.MarshalError": "An error occurred during JSON serialization of response",
    "Runtime.UnmarshalError": "Unable to parse input as json",
    "Runtime.LambdaContextUnmarshalError": "Unable to parse client context",
}


def report(error, trace):
    """Logs an error; returns its type and its JSON."""
    kind, fields, text = (describe_native if era.NATIVE else describe)(error, trace)
    if era.environment("AWS_LAMBDA_LOG_FORMAT").upper() == "JSON":
        line = {"timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "level": "ERROR"}
        line.update(fields)
        text = payload.dump(line)
    log(text)
    return kind, payload.dump(fields).encode("utf-8", "backslashreplace")


def log(text):
    """Writes a line to the log, wherever user code has pointed sys.stdout."""
    data = (text + "\n").encode("utf-8", "backslashreplace")
    while data:
        data = data[os.write(1, data) :]


def describe(error, trace):
    """An error's type, its JSON members and its text in the log, from python3.7 on."""
    if isinstance(error, era.Fault):
        kind, message, frames = error.kind, fault_text(error), list(error.frames)
    else:
        kind, message = type(error).__name__, text_of(error)
        frames = traceback.format_list(user_frames(trace))
    fields = {"errorMessage": message, "errorType": kind}
    if era.VERSION >= (3, 9):
        fields["requestId"] = era.request_id
    lines = ["[ERROR] %s: %s" % (kind, message) if message else "[ERROR] " + kind]
    if frames or era.VERSION >= (3, 8):
        fields["stackTrace"] = frames
        lines.append("Traceback (most recent call last):")
        for frame in frames:
            lines += frame.splitlines()
    return kind, fields, "\n".join(lines)


def describe_native(error, trace):
    """The same before python3.7: the caller learns less, and gets frames as lists."""
    kind, message = type(error).__name__, text_of(error)
    heading = "%s: %s" % (message, kind)
    if isinstance(error, era.Fault):
        if error.kind not in NATIVE_MESSAGES:
            return error.kind, {"errorMessage": error.message}, fault_text(error)
        kind, message = type(error.cause).__name__, text_of(error.cause)
        return kind, native_fields(message, kind, []), "%s: %s" % (NATIVE_MESSAGES[error.kind], message)
    frames = user_frames(trace)
    fields = native_fields(message, kind, frames)
    if not era.request_id:
        heading, fields = "module initialization error: " + message, {"errorMessage": "module initialization error"}
    lines = [heading, "Traceback (most recent call last):"]
    for entry in traceback.format_list(frames) + traceback.format_exception_only(type(error), error):
        lines += text_of(entry).splitlines()
    return kind, fields, "\n".join(lines)


def native_fields(message, kind, frames):
    members = (("errorMessage", message), ("errorType", kind), ("stackTrace", frames))
    return dict((name, value) for name, value in members if value)


def fault_text(fault):
    return fault.message if fault.cause is None else "%s: %s" % (fault.message, text_of(fault.cause))


def text_of(value):
    """str() of anything, of exceptions that fail at it and of bytes that are not UTF-8 included."""
    try:
        text = value if isinstance(value, type("")) else str(value)
    except Exception:
        text = "<unprintable %s object>" % type(value).__name__
    return text.decode("utf-8", "replace") if era.PY2 else text


def user_frames(trace):
    """The frames of a traceback as (file, line, function, text), without the bootstrap's own."""
    own = own_directory[0]
    frames = [tuple(frame)[:4] for frame in traceback.extract_tb(trace) if not frame[0].startswith(own)]
    if era.PY2:  # source need not be UTF-8
        frames = [tuple(text_of(part) if isinstance(part, str) else part for part in frame) for frame in frames]
    return frames
