import json
import logging

logger = logging.getLogger()


def work(job):
    print("job", job)


def handler(event, context):
    """Works on up to ten messages.

    Those that are named in the response stay in the queue, and come again:
    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
    """
    failures = []
    for message in event.get("Records", []):
        try:
            work(json.loads(message["body"]))
        except Exception:
            logger.exception("message %s", message["messageId"])
            failures.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failures}
