"""The run: init, then one invocation after the other."""
import posix
import sys

import _socket

from . import connection, context, era, loader, payload


def main():
    demand_utf8()
    arguments, handler_name = sys.argv[1:], era.environment("_HANDLER")
    sys.argv[1:] = [handler_name]
    open_streams()
    stand_in_for_site()
    leave_interrupts_alone()
    loader.prepare(*arguments[:4])
    if arguments[4:]:
        from . import debugger

        debugger.wait(*arguments[4:])
    handler = failure = None
    try:
        handler = loader.load(handler_name)
    except Exception as error:
        failure = report(error)
    address = era.environment("AWS_LAMBDA_RUNTIME_API")
    try:
        api = connection.RuntimeAPI(address)
    except (ValueError, _socket.error) as error:
        text = "sam: cannot reach the Lambda Runtime API: %s (AWS_LAMBDA_RUNTIME_API=%s; leave that variable to sam)"
        sys.exit(text % (error, address))
    if failure:
        kind, body = failure
        api.post("init/error", body, error_type=kind)
        api.confirm()
        sys.exit(1)
    api.ask()
    while True:
        api.answer(*serve(api, handler))


def serve(api, handler):
    """Runs one invocation; returns where its result belongs, the result, and its content type."""
    headers, event = api.next()
    era.request_id = request_id = headers.get("lambda-runtime-aws-request-id", "")
    set_trace_id(headers.get("lambda-runtime-trace-id", ""))
    try:
        lambda_context = context.LambdaContext(headers)
        if era.NATIVE or headers.get("content-type") == "application/json":
            event = payload.unmarshal(event)
        response, content_type = payload.marshal(handler(event, lambda_context))
    except Exception as error:
        _, body = report(error)
        return "invocation/%s/error" % request_id, body, "application/json"
    return "invocation/%s/response" % request_id, response, content_type


def report(error):
    """Logs the error that is being handled; returns its type and the JSON for the caller."""
    from . import errors

    return errors.report(error, sys.exc_info()[2])


def set_trace_id(value):
    """Sets the invocation's X-Ray header in the environment, or removes the one of the invocation before."""
    name = "_X_AMZN_TRACE_ID"
    if "os" in sys.modules:
        variables = sys.modules["os"].environ
        if value:
            variables[name] = value
        else:
            variables.pop(name, None)
        return
    if not era.PY2:
        name, value = name.encode(), value.encode("utf-8")
    if value:
        posix.environ[name] = value
        posix.putenv(name, value)
    elif posix.environ.pop(name, None):
        posix.unsetenv(name)


def demand_utf8():
    """Starts Python 3.6 again where the host lacks the locale en_US.UTF-8; later ones manage without (PEP 538)."""
    if (3,) < sys.version_info < (3, 7) and sys.getfilesystemencoding() == "ascii":
        if era.environment("LC_CTYPE") != "C.UTF-8":
            posix.environ[b"LC_CTYPE"] = b"C.UTF-8"
            posix.execve(sys.executable, [sys.executable, "-S"] + sys.argv, posix.environ)


def open_streams():
    """Has stdout and stderr write UTF-8 and, as on AWS, without a buffer: a process that is killed loses nothing."""
    for fd, name, errors in ((1, "stdout", "strict"), (2, "stderr", "backslashreplace")):
        if era.PY2:
            stream = posix.fdopen(fd, "w", 0)
        else:
            import _io

            raw = _io.FileIO(fd, "w", closefd=False)
            stream = _io.TextIOWrapper(raw, "utf-8", errors, write_through=True)
        setattr(sys, name, stream)
        setattr(sys, "__%s__" % name, stream)
    if era.PY2:
        sys.setdefaultencoding("utf-8")  # as AWS has it, for print and for str() of unicode


def stand_in_for_site():
    """Adds what functions may miss when -S keeps the module site from being imported."""
    if era.PY2:
        import __builtin__ as builtins
    else:
        import builtins

    def leave(code=None):
        raise SystemExit(code)

    builtins.exit = builtins.quit = leave


def leave_interrupts_alone():
    """Has a ^C that gets here do what it does to any program, instead of raising KeyboardInterrupt."""
    if era.PY2:
        import signal
    else:
        import _signal as signal
    signal.signal(signal.SIGINT, signal.SIG_DFL)
