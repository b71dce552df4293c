"""Calls Lambda's API as boto3 does: invoke_boto3.py http://127.0.0.1:3001

The functions behind it, in a template of the region us-east-1 with a nested
stack or without:

Echo    FunctionName echo-function, variable STAGE=local; prints "hello" and
        returns {"event": its event, "arn": invoked_function_arn,
        "custom": what the client context has under custom, or null}
Fails   raises ValueError("boom")
Streams streams "one", then "two", as two writes
"""

import base64
import json
import sys

import boto3
from botocore.config import Config

client = boto3.client(
    "lambda",
    endpoint_url=sys.argv[1],
    region_name="us-east-1",
    aws_access_key_id="x",
    aws_secret_access_key="x",
    config=Config(retries={"total_max_attempts": 1}),
)


def equal(got, want):
    assert got == want, f"got {got!r}, want {want!r}"


def invoke(name, event=None, **kwargs):
    if event is not None:
        kwargs["Payload"] = json.dumps(event)
    answer = client.invoke(FunctionName=name, **kwargs)
    payload = answer["Payload"].read()
    return answer, json.loads(payload) if payload else None


def request_response():
    answer, payload = invoke("Echo", {"é": [1, 2.5, None]})
    equal(payload["event"], {"é": [1, 2.5, None]})
    equal(answer["StatusCode"], 200)
    equal(answer["ExecutedVersion"], "$LATEST")
    assert "FunctionError" not in answer and "LogResult" not in answer
    assert answer["ResponseMetadata"]["RequestId"]


def no_payload():
    equal(invoke("Echo")[1]["event"], {})


def event():
    answer, payload = invoke("Echo", {}, InvocationType="Event")
    equal((answer["StatusCode"], payload), (202, None))


def dry_run():
    answer, payload = invoke("Echo", {}, InvocationType="DryRun")
    equal((answer["StatusCode"], payload), (204, None))


def invoke_async():
    equal(client.invoke_async(FunctionName="Echo", InvokeArgs="{}")["Status"], 202)


def log_tail():
    log = base64.b64decode(invoke("Echo", LogType="Tail")[0]["LogResult"]).decode()
    assert "hello" in log and "REPORT RequestId: " in log, log


def function_error():
    answer, payload = invoke("Fails")
    equal((answer["StatusCode"], answer["FunctionError"]), (200, "Unhandled"))
    equal((payload["errorType"], payload["errorMessage"]), ("ValueError", "boom"))


def client_context():
    context = base64.b64encode(json.dumps({"custom": {"k": "v"}}).encode()).decode()
    equal(invoke("Echo", ClientContext=context)[1]["custom"], {"k": "v"})


def names():
    base = client.get_function(FunctionName="Echo")["Configuration"]["FunctionArn"]
    account = base.split(":")[4]
    for name in ("Echo", "echo-function", f"{account}:function:echo-function", base):
        equal(invoke(name)[1]["arn"], base)
        equal(invoke(name + ":live")[1]["arn"], base + ":live")


def qualifier():
    answer, payload = invoke("Echo", Qualifier="3")
    equal(answer["ExecutedVersion"], "3")
    assert payload["arn"].endswith(":function:echo-function:3"), payload


def errors():
    missing = client.exceptions.ResourceNotFoundException
    for call, cls, message in (
        (lambda: invoke("Nobody"), missing, "Function not found: arn:aws:lambda:us-east-1:"),
        (lambda: client.get_function(FunctionName="Nobody"), missing, "Function not found: arn:aws:lambda:us-east-1:"),
        (lambda: client.invoke(FunctionName="Echo", Payload="{"), client.exceptions.InvalidRequestContentException, "Could not parse request body into json: "),
        (lambda: invoke("Echo", ClientContext="-"), client.exceptions.InvalidRequestContentException, "Client context must be a valid Base64-encoded JSON object."),
        (lambda: invoke("Echo:1", Qualifier="2"), client.exceptions.InvalidParameterValueException, "The derived qualifier from the function name does not match the specified qualifier."),
    ):
        try:
            call()
        except cls as e:
            assert message in str(e), e
        else:
            raise AssertionError(f"no {cls.__name__}")


def too_large():
    try:
        invoke("Echo", "a" * (6 << 20))
    except client.exceptions.ClientError as e:
        equal(e.response["Error"]["Code"], "RequestEntityTooLargeException")
        equal(e.response["ResponseMetadata"]["HTTPStatusCode"], 413)
    else:
        raise AssertionError("6 MiB and two bytes were accepted")


def response_stream():
    answer = client.invoke_with_response_stream(FunctionName="Streams", LogType="Tail")
    equal((answer["StatusCode"], answer["ExecutedVersion"]), (200, "$LATEST"))
    *chunks, end = answer["EventStream"]
    equal(b"".join(c["PayloadChunk"]["Payload"] for c in chunks), b"onetwo")
    assert "ErrorCode" not in end["InvokeComplete"], end
    assert b"REPORT" in base64.b64decode(end["InvokeComplete"]["LogResult"])


def response_that_does_not_stream():
    chunk, end = client.invoke_with_response_stream(FunctionName="Echo", Payload="7")["EventStream"]
    equal(json.loads(chunk["PayloadChunk"]["Payload"])["event"], 7)
    equal(end, {"InvokeComplete": {}})


def response_stream_error():
    *_, end = client.invoke_with_response_stream(FunctionName="Fails")["EventStream"]
    equal(end["InvokeComplete"]["ErrorCode"], "Unhandled")
    assert "boom" in end["InvokeComplete"]["ErrorDetails"], end


def list_functions():
    pages = list(client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 1}))
    listed = [f["FunctionName"] for page in pages for f in page["Functions"]]
    assert len(pages) == len(listed) and {"echo-function", "Fails", "Streams"} <= set(listed), listed


def get_function():
    client.get_waiter("function_active_v2").wait(FunctionName="Echo")
    got = client.get_function(FunctionName="Echo")["Configuration"]
    equal((got["FunctionName"], got["State"], got["PackageType"], got["Version"]), ("echo-function", "Active", "Zip", "$LATEST"))
    equal(got["Environment"]["Variables"]["STAGE"], "local")
    assert got["Timeout"] > 0 and got["MemorySize"] > 0 and got["Runtime"] and got["Handler"], got
    equal(client.get_function_configuration(FunctionName="Echo")["FunctionArn"], got["FunctionArn"])


for check in (
    request_response, no_payload, event, dry_run, invoke_async, log_tail, function_error, client_context, names, qualifier,
    errors, too_large, response_stream, response_that_does_not_stream, response_stream_error, list_functions, get_function,
):
    check()
    print("ok", check.__name__)
