"""What a path in a source means, relative to the project; nothing is run."""

import ast
import posixpath

from undercloud_scan_source import constant

STEPS = 40  # of evaluating one path
HERE = "/\0"  # stands for the project's own folder in what is no relative path
SAME = ("expanduser", "as_posix", "__str__")
FIRM = ("resolve", "absolute")
SAME_CALLS = ("str", "pathlib.Path", "pathlib.PurePath", "os.fspath", "os.path.normpath")
FIRM_CALLS = ("os.path.abspath", "os.path.realpath")
CURRENT = ("os.getcwd", "pathlib.Path.cwd")
OUTSIDE = "../"


class Paths:
    """Evaluates paths of literals, names that are bound once, and what pathlib and os.path do."""

    def __init__(self, inference):
        self.inference, self.steps = inference, 0

    def of(self, node, module, scope=None, base=""):
        """The path, "" for the project's own folder; None where it is computed or lies outside.

        Relative ones begin at `base`.
        """
        self.steps = 0
        path = self.value(node, module, scope)
        if path is None:
            return None
        path = posixpath.normpath(path)
        if path == HERE or path.startswith(HERE + "/"):
            path = posixpath.normpath(path[len(HERE) :].lstrip("/"))
        else:
            path = posixpath.normpath(posixpath.join(base, path))
        if path.startswith(("/", OUTSIDE)) or path == "..":
            return None
        return "" if path == "." else path

    def text(self, node, module, scope=None):
        """A string that is no path: a literal, or a name that is bound to one."""
        self.steps = 0
        text = self.value(node, module, scope)
        return None if text is None or HERE in text else text

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
            return f"{HERE}/{module.path}"
        for names in (scope or {}), module.names:
            if node.id in names:
                if len(names[node.id]) > 1:
                    return None  # which of them holds is not certain
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

    @staticmethod
    def firm(path):
        """Replicas are started in the project's folder."""
        return None if path is None else posixpath.join(HERE, path)

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
        if dotted in FIRM_CALLS and len(node.args) == 1:
            return self.firm(self.value(node.args[0], module, scope))
        if dotted in CURRENT and not node.args:
            return HERE
        if dotted == "os.path.dirname" and len(node.args) == 1:
            return self.parent(self.value(node.args[0], module, scope))
        if not isinstance(node.func, ast.Attribute) or node.keywords:
            return None
        if node.func.attr in SAME and not node.args:
            return self.value(node.func.value, module, scope)
        if node.func.attr in FIRM and not node.args:
            return self.firm(self.value(node.func.value, module, scope))
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
