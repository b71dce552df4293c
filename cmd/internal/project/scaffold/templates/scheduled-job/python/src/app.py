import time


def handler(event, context):
    """Does what is to be done every hour. event["time"] is when it was due:

    https://docs.aws.amazon.com/lambda/latest/dg/with-eventbridge-scheduler.html
    """
    due = event.get("time") or time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    print("the job of " + due + " runs")
    return {"due": due}
