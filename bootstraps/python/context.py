"""The handler's second argument."""
import sys
import time

from . import era, payload


class Record(object):
    """An object with the attributes that __slots__ names, None where `values` has no such key."""

    __slots__ = ()

    def __init__(self, values):
        for name in self.__slots__:
            setattr(self, name, values.get(name))

    def __repr__(self):
        return shown(self, self.__slots__)


class CognitoIdentity(Record):
    __slots__ = ("cognito_identity_id", "cognito_identity_pool_id")


class Client(Record):
    __slots__ = ("installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name")


class ClientContext(Record):
    __slots__ = ("custom", "env", "client")


FUNCTION = {
    "log_group_name": era.environment("AWS_LAMBDA_LOG_GROUP_NAME", None),
    "log_stream_name": era.environment("AWS_LAMBDA_LOG_STREAM_NAME", None),
    "function_name": era.environment("AWS_LAMBDA_FUNCTION_NAME", None),
    "memory_limit_in_mb": era.environment("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", None),
    "function_version": era.environment("AWS_LAMBDA_FUNCTION_VERSION", None),
}


class LambdaContext(object):
    def __init__(self, headers):
        self.aws_request_id = era.request_id
        self.__dict__.update(FUNCTION)
        self.invoked_function_arn = headers.get("lambda-runtime-invoked-function-arn")
        self.client_context = None
        client_context = json_header(headers, "lambda-runtime-client-context", "Client Context")
        if client_context is not None:
            self.client_context = ClientContext(client_context)
            if self.client_context.client is not None:
                self.client_context.client = Client(self.client_context.client)
        self.identity = CognitoIdentity({})
        identity = json_header(headers, "lambda-runtime-cognito-identity", "Cognito Identity")
        if identity is not None:
            self.identity.cognito_identity_id = identity.get("cognitoIdentityId")
            self.identity.cognito_identity_pool_id = identity.get("cognitoIdentityPoolId")
        self.tenant_id = headers.get("lambda-runtime-aws-tenant-id")
        self._epoch_deadline_time_in_ms = int(headers.get("lambda-runtime-deadline-ms") or 0)

    def get_remaining_time_in_millis(self):
        return max(0, self._epoch_deadline_time_in_ms - int(time.time() * 1000))

    def log(self, msg):
        # Before python3.7 each call was a log event; later the text is written as it is.
        sys.stdout.write(str(msg) + ("\n" if era.NATIVE else ""))

    def __repr__(self):
        return shown(self, [name for name in self.__dict__ if not name.startswith("_")])


def shown(value, names):
    return "%s([%s])" % (type(value).__name__, ",".join("%s=%s" % (name, getattr(value, name)) for name in names))


def json_header(headers, name, title):
    """The value of a header that holds JSON; None without the header."""
    text = headers.get(name)
    if not text:
        return None
    try:
        return payload.load(text.encode("utf-8"))
    except Exception as error:
        raise era.Fault("Runtime.LambdaContextUnmarshalError", "Unable to parse %s JSON" % title, error)
