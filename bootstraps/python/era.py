"""Which runtime is asked for, and what the other files have to know of the process and its invocation."""
import posix
import sys

PY2 = sys.version_info[0] == 2


def environment(name, default=""):
    """A variable's value, read from the mapping that os.environ is made of once user code imports os."""
    if PY2:
        return posix.environ.get(name, default)
    value = posix.environ.get(name.encode())
    return default if value is None else value.decode("utf-8", "surrogateescape")


def requested_runtime():
    """The runtime's id and version; those of the interpreter where no Python runtime is named."""
    runtime = environment("AWS_EXECUTION_ENV").replace("AWS_Lambda_", "", 1)
    major, _, minor = runtime.replace("python", "", 1).partition(".")
    if major.isdigit() and minor.isdigit():
        return runtime, (int(major), int(minor))
    return "python%d.%d" % sys.version_info[:2], sys.version_info[:2]


RUNTIME, VERSION = requested_runtime()

# In 2018 python2.7 and python3.6 did not speak the Runtime API yet; AWS's bootstrap for them had its own manners.
NATIVE = VERSION < (3, 7)

# Of the invocation that runs, or ran last; empty during init.
request_id = ""


class Fault(Exception):
    """What the bootstrap itself finds wrong: AWS's error type and message, and the exception behind it."""

    def __init__(self, kind, message, cause=None, frames=()):
        Exception.__init__(self, message)
        self.kind, self.message, self.cause, self.frames = kind, message, cause, frames
