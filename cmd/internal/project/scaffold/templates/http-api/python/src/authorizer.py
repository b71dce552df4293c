import os


def handler(event, context):
    """Says whether a request may pass: it has to bring the token."""
    given = event.get("headers", {}).get("authorization")
    return {
        "isAuthorized": given == "Bearer " + os.environ["TOKEN"],
        "context": {"name": "friend"},
    }
