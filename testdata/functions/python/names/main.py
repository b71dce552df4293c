"""A module with the name of a file of the bootstrap; so are the two that it imports."""
import bootstrap
import errors


def handler(event, context):
    return [bootstrap.NAME, errors.NAME]
