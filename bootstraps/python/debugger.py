"""Lets a client of debugpy attach before the function's own code runs."""
import sys


def wait(directory, port):
    """Waits for a client of the debugpy in `directory`, which the function itself may not see."""
    sys.path.insert(0, directory)
    import debugpy

    sys.path.remove(directory)
    address = ("127.0.0.1", int(port))
    try:
        # Without the adapter, a daemon that would outlive this process for as long as its client holds on.
        debugpy.listen(address, in_process_debug_adapter=True)
    except TypeError:  # before debugpy 1.6.3
        debugpy.listen(address)
    # A function that does the same itself, as AWS's guides have it, would fail.
    debugpy.listen = lambda *_, **__: address
    debugpy.wait_for_client()
