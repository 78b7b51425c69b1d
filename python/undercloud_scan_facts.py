"""Facts beside application objects: Django, gunicorn's settings, scripts that start servers."""

import ast
import os

from undercloud_scan_objects import required
from undercloud_scan_source import bindings, constant, is_main_guard, strings

RESULTS = 20  # of each kind
HARMLESS = {
    "print", "load_dotenv", "basicConfig", "info", "debug", "warning", "add_argument",
    "serve_forever",
}  # fmt: skip
CALL_DEPTH = 2  # functions that a main block calls
SETTINGS_DEPTH = 6  # settings modules that import each other with a star
GUNICORN_KEYS = {"bind", "workers", "worker_class", "threads", "timeout", "keepalive", "reload"}
SERVING = {
    "uvicorn.run": "uvicorn",
    "waitress.serve": "waitress",
    "bottle.run": "bottle",
    "werkzeug.serving.run_simple": "werkzeug",
    "werkzeug.run_simple": "werkzeug",
    "wsgiref.simple_server.make_server": "wsgiref",
    "aiohttp.web.run_app": "aiohttp",
    "nicegui.ui.run": "nicegui",
}
RUN_METHODS = {
    "Flask": "flask",
    "APIFlask": "flask",
    "Dash": "flask",
    "Quart": "quart",
    "Bottle": "bottle",
}


def gunicorn_files(project):
    """Constants of every file that looks like gunicorn's settings, by path."""
    found = {}
    for path in project.sources:
        name = os.path.basename(path)
        if "gunicorn" not in path or path.count("/") > 1 or len(found) >= RESULTS:
            continue
        if "gunicorn" in name or name in ("conf.py", "config.py"):
            module = project.module(path)
            if module:
                found[path] = gunicorn_constants(module.tree)
    return found


def gunicorn_constants(tree):
    values = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id in GUNICORN_KEYS:
                    values[target.id] = {"value": constant(node.value), "line": node.lineno}
    return values


class Mains:
    """Scripts that start a server by themselves, and with which application object."""

    def __init__(self, project, inference):
        self.project, self.inference = project, inference

    def all(self):
        found = {}
        for path in self.project.sources:
            name = os.path.basename(path)
            if "/" in path and name != "__main__.py" and path.count("/") > 1:
                continue
            if len(found) >= RESULTS:
                break
            try:
                source = self.project.read(path)
            except OSError:
                continue
            if any(
                word in source
                for word in (
                    b".run(",
                    b"serve(",
                    b"run_simple",
                    b"make_server",
                    b"run_app",
                    b"run(",
                )
            ):
                module = self.project.module(path)
                main = module and self.of(module)
                if main:
                    found[path] = main
        return found

    def of(self, module):
        for body, guarded in self.bodies(module):
            found = self.serving(body, module, bindings(body))
            if found:
                found["guarded"] = guarded
                found["more"] = guarded and found["more"]
                return found
        return None

    @staticmethod
    def bodies(module):
        """The guarded block first, then what every import of the file would run."""
        for node in module.tree.body:
            if is_main_guard(node):
                yield node.body, True
        yield (
            [n for n in module.tree.body if isinstance(n, (ast.Expr, ast.Assign, ast.With))],
            False,
        )

    def serving(self, body, module, scope, depth=0):
        """The call in a body that serves, directly or in a function of the module it calls."""
        for statement in body:
            for node in ast.walk(statement):
                if not isinstance(node, ast.Call):
                    continue
                found = self.call(node, module, scope)
                if not found:
                    inner = isinstance(node.func, ast.Name) and module.names.get(node.func.id)
                    if inner and inner[-1][0] == "function" and depth < CALL_DEPTH:
                        inside = inner[-1][1].body
                        found = self.serving(inside, module, bindings(inside), depth + 1)
                if found:
                    others = (each for each in body if each is not statement)
                    found["more"] = found.get("more", False) or any(map(self.matters, others))
                    return found
        return None

    @staticmethod
    def matters(statement):
        """Whether leaving a statement out could be missed: names, imports and prints are not."""
        if isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)):
            return False
        if not isinstance(statement, ast.Expr):
            return True
        if not isinstance(statement.value, ast.Call):
            return False
        called = statement.value.func
        name = getattr(called, "attr", getattr(called, "id", ""))
        return name not in HARMLESS

    def call(self, node, module, scope):
        dotted = self.inference.qualified(node.func, module, scope)
        server = SERVING.get(dotted or "")
        target = None
        if server:
            at = 2 if server in ("werkzeug", "wsgiref") else 0
            target = (
                node.args[at] if len(node.args) > at else self.keyword(node, "app", "application")
            )
        elif isinstance(node.func, ast.Attribute) and node.func.attr in ("run", "run_server"):
            self.inference.calls = 0
            app = self.inference.expression(node.func.value, module, scope)
            server = app and RUN_METHODS.get(app.framework or "")
            target = node.func.value
        if not server:
            return None
        port = self.keyword(node, "port")
        return {
            "line": node.lineno,
            "call": f"{self.text(node.func)}()",
            "server": server,
            "object": self.reference(target, module, scope),
            "port": constant(port) if port is not None else None,
        }

    @staticmethod
    def keyword(node, *names):
        return next((k.value for k in node.keywords if k.arg in names), None)

    @staticmethod
    def text(node):
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        return ".".join(
            [*(("app",) if not isinstance(node, ast.Name) else (node.id,)), *reversed(parts)]
        )

    def reference(self, node, module, scope, depth=0):
        """`module:name` of an application object that can be reached by import; else None."""
        if isinstance(constant(node), str):
            return constant(node)
        if isinstance(node, ast.Name) and node.id in module.names and node.id not in scope:
            return f"{module.name}:{node.id}"
        if isinstance(node, ast.Name) and scope.get(node.id) and depth < CALL_DEPTH:
            kind, *rest = scope[node.id][-1]
            return self.reference(rest[0], module, scope, depth + 1) if kind == "value" else None
        if isinstance(node, ast.Call) and not node.args and not node.keywords:
            found = self.inference.definition(node.func, module, scope)
            if found and isinstance(found[1], ast.FunctionDef) and not required(found[1]):
                return f"{found[0].name}:{found[1].name}()"
        return None


class Django:
    """manage.py, the settings module it means, and what deployment needs to know of it."""

    WANTED = (
        "ALLOWED_HOSTS", "DEBUG", "STATIC_ROOT", "WSGI_APPLICATION", "ASGI_APPLICATION",
        "INSTALLED_APPS", "MIDDLEWARE", "WHITENOISE_USE_FINDERS", "STATIC_URL",
    )  # fmt: skip

    def __init__(self, project, statics):
        self.project, self.statics = project, statics

    def facts(self):
        manage = min(
            (
                p
                for p in self.project.sources
                if os.path.basename(p) == "manage.py" and p.count("/") < 3
            ),
            key=lambda p: (p.count("/"), p),
            default=None,
        )
        module = manage and self.project.module(manage)
        named = module and self.settings_name(module)
        if not named:
            return None
        root = os.path.dirname(manage)
        wsgi = self.entry(root, named[0], "wsgi")
        asgi = self.entry(root, named[0], "asgi")
        served = self.settings_name(wsgi) if wsgi else None
        known = served and self.project.find(served[0], root)
        settings = served[0] if known else named[0]
        return {
            "manage": manage,
            "line": named[1],
            "root": root,
            "settings": settings,
            "manage_settings": named[0],
            "wsgi_file": wsgi and wsgi.path,
            "asgi_file": asgi and asgi.path,
            "migrations": self.migrations(root),
            **self.values(root, settings),
        }

    @staticmethod
    def settings_name(module):
        """(dotted name, line) of what it sets DJANGO_SETTINGS_MODULE to."""
        for node in ast.walk(module.tree):
            values = []
            if isinstance(node, ast.Call):
                values = node.args
            elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                values = [*strings(node.targets[0]), node.value]
            texts = [constant(v) if isinstance(v, ast.AST) else v for v in values]
            if (
                len(texts) >= 2
                and texts[0] == "DJANGO_SETTINGS_MODULE"
                and isinstance(texts[1], str)
            ):
                return texts[1], node.lineno
        return None

    def entry(self, root, settings, name):
        """The wsgi.py or asgi.py beside the settings, in whichever folder above them it lies."""
        parts = settings.split(".")
        for keep in range(len(parts) - 1, -1, -1):
            path = self.project.find(".".join([*parts[:keep], name]), root)
            if path:
                return self.project.module(path)
        return None

    def migrations(self, root):
        prefix = root + "/" if root else ""
        return next((m for m in self.project.migrations if m.startswith(prefix)), None)

    def values(self, root, settings):
        path = self.project.find(settings, root)
        found = {}
        self.collect(path, root, found, 0)
        debug = found.get("DEBUG")
        return {
            "settings_file": path,
            "allowed_hosts": self.said(found.get("ALLOWED_HOSTS")),
            "debug": self.said(debug),
            "static_root": self.said(found.get("STATIC_ROOT")),
            "static": self.statics.django(found, self.said),
            "wsgi_application": self.said(found.get("WSGI_APPLICATION")),
            "asgi_application": self.said(found.get("ASGI_APPLICATION")),
            "contrib": self.mentions(found, "INSTALLED_APPS", "django.contrib."),
            "static_app": self.mentions(found, "INSTALLED_APPS", "django.contrib.staticfiles"),
            "whitenoise": self.mentions(found, "MIDDLEWARE", "whitenoise."),
            "finders": "WHITENOISE_USE_FINDERS" in found,
        }

    def collect(self, path, root, found, depth):
        module = path and depth < SETTINGS_DEPTH and self.project.module(path)
        if not module:
            return
        for node in flat(module.tree.body):
            if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names):
                inner = module.absolute(node.level, node.module)
                other = self.project.find(inner, root) or self.project.find(inner, module.root)
                self.collect(other, root, found, depth + 1)
            targets = getattr(node, "targets", None) or [getattr(node, "target", None)]
            for target in targets:
                if isinstance(target, ast.Name) and target.id in self.WANTED and node.value:
                    more = found.get(target.id, []) if isinstance(node, ast.AugAssign) else []
                    found[target.id] = more + [(path, node.value)]

    @staticmethod
    def said(values):
        """Where a setting stands and what it is; value None where it is computed."""
        if not values:
            return None
        path, node = values[-1]
        constants = [constant(v) for _, v in values]
        if len(values) > 1:  # NAME += [...]
            whole = all(isinstance(c, list) for c in constants)
            value = [each for c in constants for each in c] if whole else None
        else:
            value = constants[0]
        return {"value": value, "file": path, "line": node.lineno}

    @staticmethod
    def mentions(found, name, prefix):
        return any(s.startswith(prefix) for _, node in found.get(name, []) for s in strings(node))


def flat(body):
    """Statements of a module, those within if and try included, in order."""
    for node in body:
        yield node
        if isinstance(node, (ast.If, ast.Try, ast.With)):
            for part in ("body", "orelse", "finalbody"):
                yield from flat(getattr(node, part, []))


def streamlit(project):
    """Scripts of frameworks that bring a server of their own and have no object to point at."""
    for path in project.sources:
        if path.count("/") <= 1:
            try:
                source = project.read(path)
            except OSError:
                continue
            if b"import streamlit" in source:
                return {
                    "file": path,
                    "line": 1 + source[: source.index(b"import streamlit")].count(b"\n"),
                }
    return None
