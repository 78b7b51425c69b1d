"""Folders of files that an app gives out as they are: Flask's, Starlette's mounts, Django's."""

import ast

from undercloud_scan_flask import FlaskFolders
from undercloud_scan_paths import Paths
from undercloud_scan_source import bindings, constant

MOUNTED = (
    "starlette.staticfiles.StaticFiles", "fastapi.staticfiles.StaticFiles",
)  # fmt: skip
MOUNTS = ("starlette.routing.Mount", "fastapi.routing.Mount")
DOUBT = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.IfExp, ast.BoolOp, ast.ExceptHandler)
EXISTENCE = ("exists", "isdir", "is_dir")
UNSOUND = set("%*{}<>?#;\\ ")  # patterns, and what a path could be read in two ways for


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
            return FlaskFolders(self, best["framework"]).of(module)
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

    @staticmethod
    def scoped(module):
        return scoped(module.tree)

    @staticmethod
    def doubtful(module):
        return doubtful(module.tree)

    def bound(self, node, module, scope):
        """(module, expression, its scope) of what a name was bound to, once; None if unknown."""
        for _ in range(8):  # imports behind imports
            if not isinstance(node, (ast.Name, ast.Attribute)):
                return module, node, scope
            name = node.id if isinstance(node, ast.Name) else getattr(node.value, "id", None)
            found = (scope or {}).get(name) or module.names.get(name) or ()
            if len(found) != 1:
                return None
            kind, *rest = found[0]
            if kind == "value" and isinstance(node, ast.Name):
                node = rest[0]
                continue
            target = self.inference.imported(found[0], module) if kind == "import" else None
            if not target or bool(target[1]) != isinstance(node, ast.Name):
                return None
            node = ast.Name(target[1] or node.attr)
            module, scope = target[0], None
        return None

    def mounts(self, module, served):
        found = []
        nested = {
            id(inner)
            for call, _ in self.calls(module, MOUNTS)
            if any(k.arg == "routes" for k in call.keywords)
            for inner in ast.walk(call)
        }
        nested |= doubtful(module.tree)
        for scope, node in scoped(module.tree):
            if not isinstance(node, ast.Call) or id(node) in nested:
                continue
            method = self.is_mount(node.func, served)
            plain = self.inference.qualified(node.func, module, scope) in MOUNTS
            given = {k.arg: k.value for k in node.keywords}
            path = node.args[0] if node.args else given.get("path")
            app = node.args[1] if len(node.args) > 1 else given.get("app")
            if method or plain:
                found += self.mounted(path, app, module, scope, node.lineno)
        return found

    def mounted(self, path, app, module, scope, line):
        """One StaticFiles, made where it is mounted or before."""
        made = app is not None and self.bound(app, module, scope)
        if path is None or not made or not isinstance(made[1], ast.Call):
            return []
        owner, call, inside = made
        if self.inference.qualified(call.func, owner, inside) not in MOUNTED:
            return []
        inner = {k.arg: k.value for k in call.keywords}
        folder = call.args[0] if call.args else inner.get("directory")
        if len(call.args) > 1 or "packages" in inner or None in inner:
            return []
        index = constant(inner["html"]) if "html" in inner else False
        where = folder is not None and self.paths.of(folder, owner, inside)
        if not where or not isinstance(index, bool):
            return []
        prefix = self.paths.text(path, module, scope)
        return self.entry(prefix, where, module.path, line, index, "mounts them")

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
        entries = folder and self.entry(
            url["value"], folder, path, node.lineno, False, "STATIC_ROOT", False
        )
        return entries[0] if entries else None

    def entry(self, prefix, folder, file, line, index, why, there=True):
        if not isinstance(prefix, str) or "//" in prefix or not folder:
            return []
        prefix = "/" + prefix.strip("/") + "/"
        if prefix == "//" or not prefix.isascii() or set(prefix) & UNSOUND:
            return []
        if {".", ".."} & set(prefix.split("/")) or there and not self.project.has_folder(folder):
            return []
        return [
            {
                "prefix": prefix,
                "folder": folder,
                "index": index,
                "file": file,
                "line": line,
                "why": why,
            }
        ]


def scoped(tree):
    """(names bound in the functions around it, node) of every node of a module."""

    def visit(node, scope):
        for child in ast.iter_child_nodes(node):
            inner = scope
            if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)):
                inner = {**scope, **parameters(child), **bindings(child.body)}
            yield inner, child
            yield from visit(child, inner)

    yield from visit(tree, {})


def parameters(function):
    """A parameter may be anything, whatever the module calls by its name."""
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    return {each.arg: [("parameter", each)] for each in every if each}


def doubtful(tree):
    """Ids of the nodes that may not be reached; a folder that has to exist does exist."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, DOUBT) and not (isinstance(node, ast.If) and is_existence(node.test)):
            found.update(id(inner) for inner in ast.walk(node))
    return found


def is_existence(test):
    func = getattr(test, "func", None)
    return isinstance(func, ast.Attribute) and func.attr in EXISTENCE
