try:
    from urllib.parse import unquote_plus
except ImportError:  # Python 2
    from urllib import unquote_plus


def handler(event, context):
    """Looks at each file that event has a record of:

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
    """
    files = []
    for record in event.get("Records", []):
        s3 = record["s3"]
        files.append({
            "bucket": s3["bucket"]["name"],
            "key": unquote_plus(s3["object"]["key"]),  # S3 encodes keys as forms are
            "size": s3["object"]["size"],
        })
    for file in files:
        print("{bucket}: {key}, {size} bytes".format(**file))
    return files
