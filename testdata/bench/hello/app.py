"""A hello behind an API, with one line of log."""


def handler(event, context):
    print("Greeting " + event["path"])
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": '{"message":"Hello, World"}'}
