"""What a handler learns besides the event."""
import os
import sys

OF_THE_FUNCTION = ("function_name", "function_version", "memory_limit_in_mb", "log_group_name", "log_stream_name")


def function(event, context):
    return [type(getattr(context, name)).__name__ for name in OF_THE_FUNCTION]


def invocation(event, context):
    return [context.aws_request_id, context.invoked_function_arn, context.client_context]


def remaining(event, context):
    first = context.get_remaining_time_in_millis()
    return isinstance(first, int) and 0 < context.get_remaining_time_in_millis() <= first <= event["at_most"]


def attributes(event, context):
    return sorted(name for name in vars(context) if not name.startswith("_"))


def shown(event, context):
    return repr(context)


def log(event, context):
    context.log("first ")
    context.log(2)


def trace_id(event, context):
    return os.environ["_X_AMZN_TRACE_ID"]


def environment(event, context):
    return os.environ[event["name"]]


def arguments(event, context):
    return [len(sys.argv), os.path.basename(sys.argv[0]), sys.argv[1]]


def directories(event, context):
    root = os.environ["LAMBDA_TASK_ROOT"]
    return [sys.path[0] == root, os.path.samefile(os.getcwd(), root)]


def path(event, context):
    """Nothing of the bootstrap's directory, nothing of the host's packages."""
    own = os.path.dirname(sys.modules["__main__"].__file__)
    return [own in sys.path, any("-packages" in directory and not directory.startswith("/opt/") for directory in sys.path)]
