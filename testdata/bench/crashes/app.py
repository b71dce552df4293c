"""Echoes the number of a request, and takes one in a hundred as the end of the process."""
import os


def handler(event, context):
    if int(event["body"]) % 100 == 99:
        os._exit(1)
    return {"statusCode": 200, "body": event["body"]}
