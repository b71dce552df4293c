import sys

print("importing")
sys.stderr.write("to stderr\n")


def prepare():
    raise ZeroDivisionError("at import")


prepare()
