"""Imports os, by subprocess, only once the invocation runs."""


def handler(event, context):
    import subprocess

    return subprocess.check_output(["/bin/sh", "-c", "echo $_X_AMZN_TRACE_ID"]).decode().startswith("Root=")
