"""Finds the packages that AWS's runtime brings where the host has them installed, for lack of a better copy."""
import sys

from . import __path__ as own_directory
from .era import PY2, RUNTIME

if PY2:
    import imp
else:
    from _frozen_importlib_external import PathFinder


class HostFinder(object):
    """Shows user code some of the host's packages: those of the given names, and what they import in turn."""

    def __init__(self, names):
        self.names = names
        self.directories = host_directories()

    def find_spec(self, name, path=None, target=None):
        importer, is_import = importing_frame()
        if "." in name or not self.shows(name, importer):
            return None
        spec = PathFinder.find_spec(name, self.directories)
        if spec is None and is_import and name in self.names:
            raise ModuleNotFoundError("No module named '%s'%s" % (name, ADVICE), name=name)
        return spec

    def find_module(self, name, path=None):
        """The same for Python 2.7, which asks here first and not last."""
        importer, _ = importing_frame()
        if "." in name or not self.shows(name, importer):
            return None
        try:
            close(imp.find_module(name))
        except ImportError:
            return self  # whether it is there or not: Python replaces an ImportError from here by its own
        return None

    def load_module(self, name):
        try:
            found = imp.find_module(name, self.directories)
        except ImportError:
            raise ImportError("No module named %s%s" % (name, ADVICE if name in self.names else ""))
        try:
            return imp.load_module(name, *found)
        finally:
            close(found)

    def shows(self, name, importer):
        if name in self.names:
            return True
        return importer is not None and importer.f_code.co_filename.startswith(tuple(self.directories))


ADVICE = " (AWS's Python runtime brings it; provide it here with: sam local runtimes install-sdk %s)" % RUNTIME


def close(found):
    if found[0]:
        found[0].close()


def importing_frame():
    """The frame that wants a module, and whether it imports it: importlib.util.find_spec() only asks."""
    frame, is_import = sys._getframe(2), PY2
    while frame is not None and is_machinery(frame.f_code.co_filename):
        is_import = is_import or frame.f_code.co_name == "_find_and_load_unlocked"
        frame = frame.f_back
    return frame, is_import


def is_machinery(filename):
    return "importlib" in filename or filename.startswith(own_directory[0])


def host_directories():
    """Where the host keeps packages for this interpreter, in the order in which it looks there."""
    path = list(sys.path)
    import site

    if PY2:  # where the import extends sys.path
        found = [directory for directory in sys.path if directory not in path]
        sys.path[:] = path
        return found
    # The interpreter does not know that it is one of a virtual environment: with -S, site has not told it.
    prefix = sys.executable.rpartition("/")[0].rpartition("/")[0]
    try:
        with open(prefix + "/pyvenv.cfg") as config:
            settings = "".join(config.read().lower().split())
    except (IOError, OSError):
        return [site.getusersitepackages()] + site.getsitepackages()
    shares = "include-system-site-packages=true" in settings
    return site.getsitepackages([prefix] + site.PREFIXES if shares else [prefix])
