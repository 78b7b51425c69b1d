"""Folders of files that an app gives out as they are: Flask's, Starlette's mounts, Django's."""

import ast
import posixpath

from undercloud_scan_source import bindings, constant

STEPS = 40  # of evaluating one path
FLASKS = ("flask.Flask", "flask.app.Flask", "apiflask.APIFlask", "quart.Quart")
MOUNTED = (
    "starlette.staticfiles.StaticFiles", "fastapi.staticfiles.StaticFiles",
)  # fmt: skip
MOUNTS = ("starlette.routing.Mount", "fastapi.routing.Mount")
SAME = ("resolve", "absolute", "expanduser", "as_posix", "__str__")
SAME_CALLS = (
    "str", "pathlib.Path", "pathlib.PurePath", "os.fspath",
    "os.path.abspath", "os.path.realpath", "os.path.normpath",
)  # fmt: skip
OUTSIDE = "../"


class Paths:
    """What a path in a source means, relative to the project; nothing is run."""

    def __init__(self, inference):
        self.inference, self.steps = inference, 0

    def of(self, node, module, scope=None):
        """The path, "" for the project's own folder; None where it is computed or lies outside."""
        self.steps = 0
        path = self.value(node, module, scope)
        if path is None:
            return None
        path = posixpath.normpath(path)
        if path.startswith(("/", OUTSIDE)) or path == "..":
            return None
        return "" if path == "." else path

    def value(self, node, module, scope):
        self.steps += 1
        if self.steps > STEPS:
            return None
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else None
        if isinstance(node, ast.Name):
            return self.name(node, module, scope)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            return self.joined([node.left, node.right], module, scope)
        if isinstance(node, ast.Attribute) and node.attr == "parent":
            return self.parent(self.value(node.value, module, scope))
        if isinstance(node, ast.Subscript) and getattr(node.value, "attr", "") == "parents":
            return self.parents(node, module, scope)
        if isinstance(node, ast.Call):
            return self.call(node, module, scope)
        if isinstance(node, ast.JoinedStr):
            return self.formatted(node, module, scope)
        return None

    def name(self, node, module, scope):
        if node.id == "__file__":
            return module.path
        for names in (scope or {}), module.names:
            if node.id in names:
                kind, *rest = names[node.id][-1]
                if kind == "value":
                    return self.value(rest[0], module, scope)
                if kind == "import":
                    target = self.inference.imported(names[node.id][-1], module)
                    if target and target[1]:
                        return self.value(ast.Name(target[1]), target[0], None)
                return None
        for binding in module.names.get("*", ()):
            target = self.inference.imported((*binding[:3], None), module)
            if target and node.id in target[0].names:
                return self.value(node, target[0], None)
        return None

    @staticmethod
    def parent(path):
        if path is None:
            return None
        path = posixpath.normpath(path)
        # Above the project there is nothing that could be told, nor served.
        return posixpath.dirname(path) if path not in (".", "") else ".."

    def parents(self, node, module, scope):
        count = constant(node.slice)
        path = self.value(node.value.value, module, scope)
        for _ in range(count + 1 if isinstance(count, int) and 0 <= count < STEPS else 0):
            path = self.parent(path)
        return path if isinstance(count, int) else None

    def joined(self, nodes, module, scope):
        parts = [self.value(each, module, scope) for each in nodes]
        return None if None in parts or not parts else posixpath.join(*parts)

    def call(self, node, module, scope):
        if isinstance(node.func, ast.Name) and node.func.id == "str" and len(node.args) == 1:
            return self.value(node.args[0], module, scope)
        dotted = self.inference.qualified(node.func, module, scope)
        if dotted == "os.path.join" or dotted in SAME_CALLS and node.args:
            return self.joined(node.args, module, scope)
        if dotted == "os.path.dirname" and len(node.args) == 1:
            return self.parent(self.value(node.args[0], module, scope))
        if not isinstance(node.func, ast.Attribute) or node.keywords:
            return None
        if node.func.attr in SAME and not node.args:
            return self.value(node.func.value, module, scope)
        if node.func.attr == "joinpath":
            return self.joined([node.func.value, *node.args], module, scope)
        return None

    def formatted(self, node, module, scope):
        parts = []
        for each in node.values:
            plain = isinstance(each, ast.Constant)
            if not plain and (each.conversion != -1 or each.format_spec):
                return None
            parts.append(self.value(each if plain else each.value, module, scope))
        return None if None in parts else "".join(parts)


class Statics:
    """Static folders of the app that is served."""

    def __init__(self, project, inference):
        self.project, self.inference = project, inference
        self.paths = Paths(inference)

    def of(self, objects):
        """Those of the best application object; objects come best first."""
        best = next((o for o in objects if o["interface"] != "OTHER"), None)
        if not best or best["framework"] == "Django":
            return []
        module = self.project.module(best["file"])
        if not module:
            return []
        if best["framework"] in ("Flask", "APIFlask", "Quart"):
            return self.flask(module)
        if best["framework"] in ("FastAPI", "Starlette"):
            return self.mounts(module, best["expression"])
        return []

    def calls(self, module, names):
        """(call, names of the function it is in) for each call of one of these."""
        found = []
        for scope, node in scoped(module.tree):
            if isinstance(node, ast.Call):
                if self.inference.qualified(node.func, module, scope) in names:
                    found.append((node, scope))
        return found

    def flask(self, module):
        """The one Flask object of the module, or else the one of all that were looked at."""
        owner, found = module, self.calls(module, FLASKS)
        if not found:
            everywhere = [
                (each, call)
                for each in list(self.project.parsed.values())
                for call in self.calls(each, FLASKS)
            ]
            if len(everywhere) == 1:
                owner, found = everywhere[0][0], [everywhere[0][1]]
        if len(found) != 1:
            return []
        call, scope = found[0]
        given = {k.arg: k.value for k in call.keywords}
        name = call.args[0] if call.args else given.get("import_name")
        if None in given or not isinstance(name, ast.Name) or name.id != "__name__":
            return []
        if len(call.args) > 1 or any(k in given for k in ("static_host", "root_path")):
            return []
        folder = "static"
        if "static_folder" in given:
            folder = self.paths.of(given["static_folder"], owner, scope)
            if not folder:
                return []
            plain = constant(given["static_folder"])
        else:
            plain = folder
        if isinstance(plain, str):  # as Flask: beside the source, not in the working directory
            folder = posixpath.normpath(posixpath.join(posixpath.dirname(owner.path), plain))
        prefix = "/" + posixpath.basename(folder)
        if "static_url_path" in given:
            prefix = constant(given["static_url_path"])
        return self.entry(prefix, folder, owner.path, call.lineno, False)

    def mounts(self, module, served):
        found = []
        nested = {
            id(inner)
            for call, _ in self.calls(module, MOUNTS)
            if any(k.arg == "routes" for k in call.keywords)
            for inner in ast.walk(call)
        }
        for scope, node in scoped(module.tree):
            if not isinstance(node, ast.Call) or id(node) in nested:
                continue
            method = self.is_mount(node.func, served)
            plain = self.inference.qualified(node.func, module, scope) in MOUNTS
            given = {k.arg: k.value for k in node.keywords}
            path = node.args[0] if node.args else given.get("path")
            app = node.args[1] if len(node.args) > 1 else given.get("app")
            if not (method or plain) or not isinstance(app, ast.Call):
                continue
            if self.inference.qualified(app.func, module, scope) not in MOUNTED:
                continue
            inner = {k.arg: k.value for k in app.keywords}
            folder = app.args[0] if app.args else inner.get("directory")
            if len(app.args) > 1 or "packages" in inner or None in inner:
                continue
            index = constant(inner["html"]) if "html" in inner else False
            where = folder is not None and self.paths.of(folder, module, scope)
            if where and isinstance(index, bool):
                found += self.entry(constant(path), where, module.path, node.lineno, index)
        return found

    @staticmethod
    def is_mount(node, served):
        """Whether it is the method of what is served, not of an app that is mounted itself."""
        if not isinstance(node, ast.Attribute) or node.attr != "mount":
            return False
        name = getattr(node.value, "id", None)
        return name is not None and (name == served or served.endswith("()"))

    def django(self, found, said):
        """STATIC_URL and STATIC_ROOT, where both can be told; the folder need not be there yet."""
        url, root = said(found.get("STATIC_URL")), found.get("STATIC_ROOT")
        if not root or not url or not isinstance(url["value"], str):
            return None
        path, node = root[-1]
        module = self.project.module(path)
        folder = module and self.paths.of(node, module)
        entries = folder and self.entry(url["value"], folder, path, node.lineno, False, False)
        return entries[0] if entries else None

    def entry(self, prefix, folder, file, line, index, there=True):
        if not isinstance(prefix, str) or "//" in prefix or not folder:
            return []
        prefix = "/" + prefix.strip("/") + "/"
        if prefix == "//" or not prefix.isascii() or set(prefix) & set("%*{}?#\\ "):
            return []
        if there and not self.project.has_folder(folder):
            return []
        return [
            {"prefix": prefix, "folder": folder, "index": index, "file": file, "line": line}
        ]


def scoped(tree):
    """(names bound in the functions around it, node) of every node of a module."""

    def visit(node, scope):
        for child in ast.iter_child_nodes(node):
            inner = scope
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                inner = {**scope, **bindings(child.body)}
            yield inner, child
            yield from visit(child, inner)

    yield from visit(tree, {})
