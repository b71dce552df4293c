"""Python 3 only."""


async def handler(event, context):
    return 1
