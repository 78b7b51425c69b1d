"""The project's sources as syntax trees: walked, parsed and named, within limits; never run."""

import ast
import os
import re
import time

SECONDS = 8.0  # the caller gives up a little later
ENTRIES = 20_000  # directory entries looked at
DEPTH = 7  # folders below the project
SOURCES = 3_000  # Python files known
PARSED = 400  # Python files parsed
BYTES = 1 << 20  # of one source; larger ones are generated

SKIPPED = {
    "node_modules", "site-packages", "dist-packages", "__pycache__", "build", "dist", "venv", "env",
    "virtualenv", "test", "tests", "testing", "docs", "doc", "examples", "vendor", "fixtures",
}  # fmt: skip
TEST_FILE = re.compile(r"(test_.*|.*_tests?|conftest|tests?|setup|noxfile|fabfile|tasks)\.py")
UNREADABLE = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError, OSError)


class Module:
    """One parsed source: its top-level names and what they are bound to."""

    def __init__(self, project, path, tree):
        self.path, self.tree = path, tree
        self.package = path.endswith("__init__.py")
        self.root, self.name = project.place(path, tree)
        self.names = bindings(tree.body)

    def absolute(self, level, name):
        """The dotted module that `from <level dots><name> import` means here."""
        if not level:
            return name or ""
        parts = self.name.split(".")
        keep = len(parts) - level + (1 if self.package else 0)
        return ".".join(parts[: max(keep, 0)] + ([name] if name else []))


def bindings(body):
    """Name -> list of what was bound to it, in order; looks into if, try and with, not into def."""
    names = {}

    def bind(name, kind, *rest):
        names.setdefault(name, []).append((kind, *rest))

    def target(node, value):
        if isinstance(node, ast.Name):
            bind(node.id, "value", value)
        elif isinstance(node, (ast.Tuple, ast.List)) and node.elts:
            target(node.elts[0], value)  # `app, rt = fast_app()`

    def visit(statements):
        for node in statements:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.split(".")[0]
                    bind(
                        alias.asname or first,
                        "import",
                        0,
                        alias.name if alias.asname else first,
                        None,
                    )
            elif isinstance(node, ast.ImportFrom):
                for alias in node.names:
                    bind(alias.asname or alias.name, "import", node.level, node.module, alias.name)
            elif isinstance(node, ast.Assign):
                for each in node.targets:
                    target(each, node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                target(node.target, node.value)
            elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
                bind(node.target.id, "changed")
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                bind(node.name, "function", node)
            elif isinstance(node, ast.ClassDef):
                bind(node.name, "class", node)
            elif isinstance(node, (ast.If, ast.Try, ast.With, ast.AsyncWith, ast.For, ast.While)):
                if not is_main_guard(node):
                    for part in ("body", "orelse", "finalbody"):
                        visit(getattr(node, part, []))
                    for handler in getattr(node, "handlers", []):
                        visit(handler.body)

    visit(body)
    return names


def is_main_guard(node):
    """Whether it is `if __name__ == "__main__":`."""
    if not isinstance(node, ast.If) or not isinstance(node.test, ast.Compare):
        return False
    sides = [node.test.left, *node.test.comparators]
    return any(isinstance(s, ast.Name) and s.id == "__name__" for s in sides) and any(
        constant(s) == "__main__" for s in sides
    )


def constant(node):
    """The value of a literal or of a list of literals; None where it is computed."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, (str, int, float, bool)) else None
    if isinstance(node, (ast.List, ast.Tuple)):
        values = [constant(each) for each in node.elts]
        return None if None in values else values
    return None


def strings(node):
    return [
        n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    ]


class Project:
    def __init__(self, directory, deadline):
        self.directory, self.deadline = directory, deadline
        self.sources, self.migrations, self.troubles = [], [], []
        self.truncated, self.last = None, ""
        self.parsed, self.broken = {}, set()
        self.walk()
        self.known = set(self.sources)

    def late(self):
        late = time.monotonic() > self.deadline
        if late:
            self.truncated = f"stopped after {SECONDS:.0f} s"
        return late

    def walk(self):
        """Breadth first, so that what is near the top is seen even in a huge tree."""
        level, seen = [""], 0
        for _ in range(DEPTH):
            below = []
            for folder in level:
                for entry in self.entries(folder):
                    seen += 1
                    if seen > ENTRIES or len(self.sources) >= SOURCES:
                        self.truncated = (
                            f"only the first {seen - 1} files and folders were looked at"
                        )
                        return
                    path = f"{folder}/{entry.name}" if folder else entry.name
                    if self.is_folder(entry, path):
                        below.append(path)
                    elif entry.name.endswith(".py") and self.is_source(entry):
                        self.add(folder, path, entry.name)
            level = below
            if not level or self.late():
                return

    def entries(self, folder):
        try:
            with os.scandir(os.path.join(self.directory, folder)) as found:
                return sorted((e for e, _ in zip(found, range(ENTRIES))), key=lambda e: e.name)
        except OSError:
            return []

    def is_folder(self, entry, path):
        try:
            if not entry.is_dir(follow_symlinks=False):
                return False
        except OSError:
            return False
        if entry.name.startswith(".") or entry.name.lower() in SKIPPED:
            return False
        return not os.path.exists(os.path.join(self.directory, path, "pyvenv.cfg"))

    def has_folder(self, path):
        """Whether there is such a folder in the project, not behind a link."""
        full = os.path.join(self.directory, path)
        return os.path.isdir(full) and os.path.realpath(full) == os.path.join(
            os.path.realpath(self.directory), path
        )

    @staticmethod
    def is_source(entry):
        try:
            return entry.is_file() and entry.stat().st_size <= BYTES
        except OSError:
            return False

    def add(self, folder, path, name):
        if os.path.basename(folder) == "migrations":
            if name != "__init__.py" and folder not in self.migrations:
                self.migrations.append(folder)
        elif not TEST_FILE.fullmatch(name):
            self.sources.append(path)

    def read(self, path):
        with open(os.path.join(self.directory, path), "rb") as source:
            return source.read(BYTES)

    def module(self, path):
        """Parse a source once; None where it cannot be, which is noted."""
        self.last = path
        if path in self.parsed or path in self.broken:
            return self.parsed.get(path)
        if len(self.parsed) >= PARSED or self.late():
            self.truncated = self.truncated or f"only the first {PARSED} sources were parsed"
            return None
        try:
            self.parsed[path] = Module(self, path, ast.parse(self.read(path), path))
        except UNREADABLE as error:
            self.broken.add(path)
            line = getattr(error, "lineno", None) or 0
            reason = getattr(error, "msg", None) or str(error) or type(error).__name__
            self.troubles.append({"file": path, "line": line, "reason": reason})
        return self.parsed.get(path)

    def place(self, path, tree):
        """Where on sys.path a source is rooted, and its dotted name from there."""
        parts = path[: -len(".py")].split("/")
        if parts[-1] == "__init__":
            parts.pop()
        folders = path.split("/")[:-1]
        top = len(folders)
        while top and "/".join([*folders[:top], "__init__.py"]) in self.known:
            top -= 1
        if top and not (folders[:top] == ["src"] or self.imports_siblings(tree, folders[:top])):
            top = 0  # a folder without __init__.py is importable from the project's root, too
        return "/".join(folders[:top]), ".".join(parts[top:]) or "__init__"

    def imports_siblings(self, tree, folders):
        """Whether it imports by plain name what lies beside it, and not at the project's root."""
        for node in tree.body:
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in names:
                first = name.split(".")[0]
                if self.find(first, "/".join(folders)) and not self.find(first, ""):
                    return True
        return False

    def find(self, dotted, root):
        base = "/".join(p for p in (root, dotted.replace(".", "/")) if p)
        for path in (base + ".py", base + "/__init__.py"):
            if path in self.known:
                return path
        return None

    def local(self, dotted, root):
        """The project's own module of that name, or None."""
        for place in dict.fromkeys((root, "", "src")):
            path = self.find(dotted, place) if dotted else None
            if path:
                return self.module(path)
        return None
