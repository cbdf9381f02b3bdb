using System.Collections.Frozen;

namespace WeightWatcher.Checkpoints.PyTorch.Pickles;

/// <summary>
/// The globals that no model needs and that attacks are made of. Nothing in a pickle is ever called here; a file that names one of these is
/// refused because whoever loads it in Python would run what it says.
/// </summary>
internal static class ForbiddenGlobals
{
    /// <summary>Modules that run code or commands, reach the network or the file system, or lead to those that do; submodules included.</summary>
    private static readonly FrozenSet<string> Modules = FrozenSet.Create(
        StringComparer.Ordinal,
        "os", "posix", "nt", "posixpath", "ntpath", "subprocess", "_posixsubprocess", "_winapi", "commands", "popen2", "sys", "pty", "shutil",
        "runpy", "importlib", "_frozen_importlib", "_frozen_importlib_external", "imp", "zipimport", "pkgutil", "code", "codeop", "bdb", "pdb",
        "cProfile", "profile", "_lsprof", "timeit", "trace", "doctest", "pydoc", "inspect", "gc", "site", "sitecustomize", "atexit", "signal",
        "ctypes", "_ctypes", "cffi", "mmap", "multiprocessing", "_multiprocessing", "threading", "_thread", "concurrent", "asyncio",
        "webbrowser", "antigravity", "socket", "_socket", "socketserver", "ssl", "http", "httplib", "urllib", "urllib2", "urllib3", "requests",
        "aiohttp", "httpx", "ftplib", "smtplib", "smtpd", "telnetlib", "poplib", "imaplib", "nntplib", "xmlrpc", "xmlrpclib", "paramiko",
        "pickle", "_pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "dbm", "sqlite3", "tempfile", "fileinput",
        "compileall", "py_compile", "pip", "ensurepip", "venv", "distutils", "setuptools", "idlelib", "lib2to3", "cgitb", "rlcompleter",
        "_osx_support", "_aix_support", "_pyrepl", "getpass", "winreg", "_winreg", "msvcrt", "fcntl", "termios", "tty");

    /// <summary>Single globals of modules that are otherwise harmless.</summary>
    private static readonly FrozenSet<string> Globals = FrozenSet.Create(
        StringComparer.Ordinal,
        "operator.attrgetter", "operator.itemgetter", "operator.methodcaller", "_operator.attrgetter", "_operator.itemgetter",
        "_operator.methodcaller", "types.CodeType", "types.FunctionType", "types.LambdaType", "types.ModuleType", "types.MethodType",
        "functools.reduce", "_functools.reduce", "io.open", "io.open_code", "io.FileIO", "_io.open", "_io.open_code", "_io.FileIO", "joblib.load",
        "logging.FileHandler", "uuid._get_command_stdout", "uuid._popen", "numpy.load", "numpy.fromfile",
        "numpy.memmap", "numpy.save", "numpy.savez", "numpy.savetxt", "numpy.loadtxt", "numpy.genfromtxt", "pandas.read_pickle", "pandas.eval",
        "torch.load", "torch.save", "torch.serialization.load", "torch.serialization.save", "torch.jit.load", "torch.jit.unsupported_tensor_ops.execWrapper",
        "torch._dynamo.guards.GuardBuilder.get", "torch._inductor.codecache.compile_file", "torch.utils.collect_env.run",
        "torch.fx.experimental.symbolic_shapes.ShapeEnv.evaluate_guards_expression", "torch.utils._config_module.ConfigModule.load_config",
        "torch.utils.data.datapipes.utils.decoder.basichandlers", "torch.fx.graph_module.reduce_graph_module",
        "torch.fx.graph_module.reduce_package_graph_module", "torch.fx.graph_module._forward_from_src", "torch.package.PackageImporter");

    /// <summary>Modules below otherwise harmless packages.</summary>
    private static readonly string[] Subtrees =
    [
        "numpy.f2py", "numpy.testing", "numpy.distutils", "numpy.ctypeslib", "torch.hub", "torch.utils.cpp_extension", "torch.utils.bottleneck",
        "test.support", "torch.distributed.run", "torch.distributed.launch", "torch.multiprocessing", "torch._inductor", "torch._C._dynamo", "six.moves",
    ];

    /// <summary>The built-ins that only make plain data. All others are refused: <c>eval</c>, <c>exec</c>, <c>getattr</c>, <c>__import__</c>, <c>open</c>.</summary>
    private static readonly FrozenSet<string> HarmlessBuiltins = FrozenSet.Create(
        StringComparer.Ordinal,
        "object", "bool", "int", "long", "float", "complex", "str", "unicode", "basestring", "bytes", "bytearray", "list", "tuple", "dict", "set",
        "frozenset", "slice", "range", "xrange", "type", "Ellipsis", "NotImplemented", "NoneType", "None", "True", "False",
        "Exception", "BaseException", "ValueError", "TypeError", "KeyError", "RuntimeError");

    /// <summary>True when a pickle that names this global is refused.</summary>
    /// <param name="module">The module as the pickle writes it.</param>
    /// <param name="name">The name in it, which may be dotted.</param>
    public static bool Contains(string module, string name)
    {
        string top = module.Split('.', 2)[0];
        if (top is "builtins" or "__builtin__" or "__builtins__")
            return top != module || !HarmlessBuiltins.Contains(name);
        if (Modules.Contains(top) || Globals.Contains($"{module}.{name}"))
            return true;
        if (Array.Exists(Subtrees, s => module == s || module.StartsWith(s + ".", StringComparison.Ordinal)))
            return true;
        return HasHiddenPart(name);
    }

    /// <summary>A dotted name can walk from any module to any other: <c>torch</c> and <c>serialization.os.system</c>.</summary>
    private static bool HasHiddenPart(string name)
    {
        string[] parts = name.Split('.');
        if (parts.Length == 1)
            return name is "__import__" or "__builtins__" or "__loader__" or "__globals__" or "__dict__" or "__getattribute__";
        return Array.Exists(parts, p => Modules.Contains(p) || Modules.Contains(p.TrimStart('_')) || p is "builtins" or "eval" or "exec" or "system" or "popen" or "Popen"
            || (p.StartsWith("__", StringComparison.Ordinal) && p.EndsWith("__", StringComparison.Ordinal)));
    }
}
