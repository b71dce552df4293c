"""The module logging as AWS's runtimes hand it to user code."""
import sys
import time

from . import era

# What logging itself keeps in a record; anything else came with `extra`.
RECORD_FIELDS = frozenset(
    "name msg args levelname levelno pathname filename module exc_info exc_text stack_info lineno funcName created"
    " msecs relativeCreated thread threadName processName process aws_request_id".split()
)


def configure(logging):
    """Gives the root logger its handler, so that basicConfig() finds it configured and changes nothing."""
    logging.Formatter.converter = time.gmtime

    # Code that looks through the root logger's handlers knows these two by AWS's names.
    class LambdaLoggerHandler(logging.Handler):
        def emit(self, record):
            sys.stdout.write(self.format(record))

    class LambdaLoggerFilter(logging.Filter):
        def filter(self, record):
            record.aws_request_id = era.request_id
            return True

    class JsonFormatter(logging.Formatter):
        def format(self, record):
            return format_json(logging, record)

    handler = LambdaLoggerHandler()
    handler.addFilter(LambdaLoggerFilter())
    if era.environment("AWS_LAMBDA_LOG_FORMAT").upper() == "JSON":
        handler.setFormatter(JsonFormatter())
    else:
        layout = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n"
        handler.setFormatter(logging.Formatter(layout, "%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    root.addHandler(handler)
    name = era.environment("AWS_LAMBDA_LOG_LEVEL").upper()
    level = logging.getLevelName("DEBUG" if name == "TRACE" else name)
    if isinstance(level, int):  # else there is no such level, or none was asked for
        root.setLevel(level)


def format_json(logging, record):
    """A log line in AWS's JSON: members in this order, and none without a value."""
    import json

    kind, error, trace = record.exc_info or (None, None, None)
    seconds = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
    fields = {
        "timestamp": "%s.%03dZ" % (seconds, record.msecs),
        "level": logging.getLevelName(min(50, max(0, record.levelno)) // 10 * 10),
        "message": record.msg if isinstance(record.msg, dict) and not record.args else record.getMessage(),
        "logger": record.name,
    }
    if kind:
        import traceback

        fields["stackTrace"] = traceback.format_tb(trace)
        fields["errorType"] = kind.__name__
        fields["errorMessage"] = str(error)
    fields["requestId"] = record.aws_request_id
    if kind:
        fields["location"] = "%s:%s:%s" % (record.pathname, record.funcName, record.lineno)
    for key, value in record.__dict__.items():
        if key not in RECORD_FIELDS and value is not None:
            fields.setdefault(key, value)
    return json.dumps(fields, ensure_ascii=False) + "\n"
