import json


def handler(event, context):
    """Answers a request, which event has in the format 2.0 of HTTP APIs.

    What the authorizer says of the caller is in the request context.
    """
    authorizer = event.get("requestContext", {}).get("authorizer", {})
    name = authorizer.get("lambda", {}).get("name", "world")
    return {
        "statusCode": 200,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps({"message": "hello " + name}),
    }
