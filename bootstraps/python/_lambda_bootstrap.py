"""Runs the handler of a Python function in one execution environment of `sam`.

One source for Python 2.7 and for 3.6 and later. The requested runtime decides what users see (see era), the
interpreter only how it is done.

Starting is what users wait for, so nothing is imported at the start that a plain handler can do without: on CPython
3.11 the package json alone doubles the start of an interpreter that runs with -S, and os adds a tenth. The same goes
for the files beside this one: errors, log, packages and values wait until somebody needs them.
"""
# This module is a package of the files beside it. Their directory is not on sys.path while user code runs, and a
# function may have modules `main` or `errors` of its own.
__path__ = [__file__.rpartition("/")[0]]
