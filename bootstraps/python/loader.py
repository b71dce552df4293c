"""Where code comes from: the order of sys.path, what is added to the import system, and the handler."""
import sys
import time

from . import __path__ as own_directory
from .era import PY2, VERSION, Fault, environment


def prepare(opt, sdk, pycache, host_packages):
    """Puts sys.path in AWS's order: code, layers, PYTHONPATH, AWS's packages, the standard library."""
    task_root, python_path = environment("LAMBDA_TASK_ROOT"), environment("PYTHONPATH")
    layers = [opt + "/python/lib/python%d.%d/site-packages" % VERSION, opt + "/python"] if opt else []
    found = [directory for directory in sys.path if directory not in own_directory]
    length = python_path.count(":") + 1 if python_path else 0
    wanted, library = found[:length], without_host_packages(with_original_library(found[length:]))
    if sdk and sdk not in wanted:
        wanted.append(sdk)
    sys.path[:] = [task_root] + layers + wanted + library
    sys.meta_path.insert(0, LoggingFinder(library))
    sys.meta_path.append(SdkFinder())
    if PY2:
        sys.dont_write_bytecode = True
    else:
        keep_bytecode_out((task_root, opt) if opt else (task_root,), pycache)
    if host_packages == "1":
        import site

        if not PY2:  # where importing it is enough
            site.main()


def without_host_packages(library):
    """What is left of the path where the module site was loaded, which a debugger of the user's may need.

    The packages come behind the standard library, and behind them whatever their .pth files add.
    """
    if "site" in sys.modules:
        for i, directory in enumerate(library):
            if directory.endswith(("site-packages", "dist-packages")):
                return library[:i]
    return library


def with_original_library(library):
    """Completes the standard library in the kind of virtual environment that virtualenv made before version 20.

    It has a copy of a few modules; the module site, which -S leaves out, knows where the others are.
    """
    try:
        with open("%s/lib/python%d.%d/orig-prefix.txt" % ((sys.prefix,) + sys.version_info[:2])) as note:
            original = note.read().strip()
    except (IOError, OSError):
        return library
    return library + [directory.replace(sys.prefix, original, 1) for directory in library]


def load(name):
    """The handler of that name; a Fault, or what the function's module raises."""
    try:
        module, function = name.rsplit(".", 1)
    except ValueError as error:
        raise Fault("Runtime.MalformedHandlerName", "Bad handler '%s'" % name, error)
    if module.split(".")[0] in sys.builtin_module_names:
        text = "Cannot use built-in module %s as a handler module" % module
        raise Fault("Runtime.BuiltInModuleConflict", text)
    path = module.replace("/", ".")
    try:
        __import__(path)
    except ImportError as error:
        raise Fault("Runtime.ImportModuleError", "Unable to import module '%s'" % module, error)
    except SyntaxError as error:
        frames = ['  File "%s" Line %s\n    %s' % (error.filename, error.lineno, error.text)]
        raise Fault("Runtime.UserCodeSyntaxError", "Syntax error in module '%s'" % module, error, frames)
    try:
        return getattr(sys.modules[path], function)
    except AttributeError:
        raise Fault("Runtime.HandlerNotFound", "Handler '%s' missing on module '%s'" % (function, module))


class LoggingFinder(object):
    """Has logging configured as soon as user code imports it, which it may never do.

    As on AWS, that is always the module of the standard library; a file of that name in the user's code is not it.
    """

    def __init__(self, library):
        self.library = library

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        from _frozen_importlib_external import PathFinder

        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, self.library)
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            self.configure(module)

        spec.loader.exec_module = exec_module
        return spec

    def find_module(self, name, path=None):  # Python 2.7
        return self if name == "logging" else None

    def load_module(self, name):
        import imp

        sys.meta_path.remove(self)
        module = imp.load_module(name, *imp.find_module(name, self.library))
        self.configure(module)
        return module

    @staticmethod
    def configure(module):
        from . import log

        log.configure(module)


class SdkFinder(object):
    """Is asked, last of all, for the packages that AWS's runtime brings, and makes way for one who knows more."""

    NAMES = frozenset(("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3"))

    def find_spec(self, name, path=None, target=None):
        return self.successor().find_spec(name) if name in self.NAMES else None

    def find_module(self, name, path=None):  # Python 2.7, which asks here first and not last
        return self.successor().find_module(name) if name in self.NAMES else None

    def successor(self):
        from . import packages

        finder = packages.HostFinder(self.NAMES)
        sys.meta_path[sys.meta_path.index(self)] = finder
        return finder


def keep_bytecode_out(roots, directory):
    """Has the compiled code of what lies below `roots` kept in `directory`, if there is one, and never in the roots.

    Setting sys.pycache_prefix for good would do that too, and have the whole standard library compiled anew.
    """
    import _imp
    from _frozen_importlib_external import ExtensionFileLoader, FileFinder, SourceFileLoader, SourcelessFileLoader

    caches = bool(directory) and sys.version_info >= (3, 8)  # which brought pycache_prefix

    class UserCodeLoader(SourceFileLoader):
        def get_code(self, fullname):
            if not caches:
                return SourceFileLoader.get_code(self, fullname)
            prefix = sys.pycache_prefix
            sys.pycache_prefix = directory
            try:
                return SourceFileLoader.get_code(self, fullname)
            finally:
                sys.pycache_prefix = prefix

        def set_data(self, path, data, **mode):
            # Python tells an edited file by its size and the second of its last change. What has been written just
            # now may be written again before that second is over.
            if caches and time.time() - self.path_stats(self.path)["mtime"] > 2:
                SourceFileLoader.set_data(self, path, data, **mode)

    finder = FileFinder.path_hook(
        (ExtensionFileLoader, _imp.extension_suffixes()), (UserCodeLoader, [".py"]), (SourcelessFileLoader, [".pyc"])
    )

    def user_code_finder(path):
        if not path.startswith(roots):
            raise ImportError(path)
        return finder(path)

    sys.path_hooks.insert(0, user_code_finder)
