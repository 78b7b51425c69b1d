"""Static folders of a Flask or Quart app and of its blueprints, as Flask itself finds them."""

import ast
import posixpath
import sys
from collections import Counter

FLASKS = ("flask.Flask", "flask.app.Flask", "apiflask.APIFlask", "quart.Quart")
BLUEPRINTS = (
    "flask.Blueprint", "flask.blueprints.Blueprint", "apiflask.APIBlueprint", "quart.Blueprint",
)  # fmt: skip
APP_ORDER = ("import_name", "static_url_path", "static_folder")
BLUEPRINT_ORDER = (
    "name", "import_name", "static_folder", "static_url_path", "template_folder", "url_prefix",
)  # fmt: skip
OTHERS_ORDER = ("name", "import_name")  # APIFlask has parameters of its own behind these
SET_LATER = ("static_folder", "static_url_path", "root_path", "url_prefix", "url_map")
APP_NAMES = ("app", "application", "flask_app")
BUILT_IN = getattr(sys, "stdlib_module_names", frozenset(sys.builtin_module_names))
NOWHERE = ("", "")  # no static files


class FlaskFolders:
    def __init__(self, statics, framework):
        self.statics, self.framework = statics, framework
        self.project, self.inference = statics.project, statics.inference
        self.paths = statics.paths

    def of(self, module):
        """Of the one app of the module, or else the one of all that were looked at."""
        everywhere = [
            (each, *found)
            for each in list(self.project.parsed.values())
            for found in self.statics.calls(each, FLASKS)
        ]
        here = [found for found in everywhere if found[0] is module] or everywhere
        if len(here) != 1 or self.is_set_later():
            return []
        owner, call, scope = here[0]
        prefix, folder = self.spot(owner, call, scope) or (None, None)
        why = f"{self.framework}'s static folder"
        found = self.statics.entry(prefix, folder, owner.path, call.lineno, False, why)
        return found + self.blueprints(call, len(everywhere) == 1, prefix)

    def is_set_later(self):
        """Whether some source sets what a constructor said."""
        return any(
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and node.attr in SET_LATER
            for module in self.project.parsed.values()
            for node in ast.walk(module.tree)
        )

    def spot(self, module, call, scope):
        """(path of requests, folder) of an app or blueprint; None where they are not certain."""
        dotted = self.inference.qualified(call.func, module, scope) or ""
        app = dotted in FLASKS
        order = APP_ORDER if app else BLUEPRINT_ORDER
        if dotted.startswith("apiflask."):
            order = order[:1] if app else OTHERS_ORDER
        given = arguments(call, order)
        if given is None or any(k in given for k in ("static_host", "subdomain")):
            return None
        where = given.get("static_folder", ast.Constant("static" if app else None))
        if is_none(where):
            return NOWHERE
        root = self.root(given, module, scope)
        folder = None if root is None else self.paths.of(where, module, scope, root)
        if not folder:
            return None
        path = given.get("static_url_path")
        if is_none(path):
            return "/" + posixpath.basename(folder), folder
        path = self.paths.text(path, module, scope)
        return None if path is None else (path.rstrip("/"), folder)

    def root(self, given, module, scope):
        """Flask's root_path: where the module lies that its import name means."""
        if "root_path" in given:
            # A relative one counts twice for Flask: what is meant by it cannot be told.
            return self.paths.of(given["root_path"], module, scope, "..")
        name = given.get("import_name")
        if isinstance(name, ast.Name) and name.id == "__name__":
            return posixpath.dirname(module.path)
        if name is None:
            return None
        if is_first_of_name(name):
            return self.module_folder(module.name.split(".")[0], module)
        text = self.paths.text(name, module, scope)
        return None if text is None else self.module_folder(text, module)

    def module_folder(self, dotted, module):
        """Of a module of the project's own, if nothing else can be meant."""
        parts = dotted.split(".")
        if not all(part.isidentifier() for part in parts) or parts[0] in BUILT_IN:
            return None
        found = set()
        for root in {module.root, ""}:
            base = posixpath.join(root, *parts)
            found |= {base + ".py", base + "/__init__.py"} & self.project.known
        return posixpath.dirname(found.pop()) if len(found) == 1 else None

    def blueprints(self, app, alone, taken):
        """Those that are registered on the app for certain; `taken` is where its own files are."""
        found = []
        for module in list(self.project.parsed.values()):
            unsure = self.statics.doubtful(module)
            for scope, node in self.statics.scoped(module):
                func = getattr(node, "func", None)
                if not isinstance(func, ast.Attribute) or func.attr != "register_blueprint":
                    continue
                if id(node) not in unsure and self.is_app(func.value, module, scope, app, alone):
                    found += self.blueprint(node, module, scope, taken is not None)
        counts = Counter(each["prefix"] for each in found)
        own = f"/{taken.strip('/')}/" if taken else ""
        return [each for each in found if counts[each["prefix"]] == 1 and each["prefix"] != own]

    def is_app(self, node, module, scope, app, alone):
        """Whether something is registered on the app itself, not on a blueprint in turn."""
        if not isinstance(node, ast.Name):
            return False
        kind, *rest = (scope.get(node.id) or module.names.get(node.id) or [("",)])[-1]
        if kind == "parameter":
            wanted = self.inference.qualified(rest[0].annotation, module, scope)
            return alone and (node.id in APP_NAMES or wanted in FLASKS)
        if kind == "value" and rest[0] is app:
            return True
        self.inference.calls = 0
        made = alone and self.inference.expression(node, module, scope)
        return bool(made) and made.framework == self.framework

    def blueprint(self, call, module, scope, certain):
        given = arguments(call, ("blueprint",))
        if not given or "blueprint" not in given or "subdomain" in given:
            return []
        made = self.statics.bound(given["blueprint"], module, scope)
        if not made or not isinstance(made[1], ast.Call):
            return []
        owner, maker, inside = made
        if self.inference.qualified(maker.func, owner, inside) not in BLUEPRINTS:
            return []
        path, folder = self.spot(owner, maker, inside) or NOWHERE
        own = arguments(maker, BLUEPRINT_ORDER) or {}
        if not folder:
            return []
        said = given.get("url_prefix"), module, scope
        if is_none(said[0]):
            said = own.get("url_prefix"), owner, inside
        if not is_none(said[0]):
            before = self.paths.text(*said)
            if before is None:
                return []
            path = before.rstrip("/") + "/" + path.lstrip("/")
        elif not certain:
            return []  # The app's own files may have that path.
        name = self.paths.text(own["name"], owner, inside) if "name" in own else None
        why = f"blueprint {name}'s static folder" if name else "a blueprint's static folder"
        return self.statics.entry(path, folder, owner.path, maker.lineno, False, why)


def arguments(call, order):
    """Name -> expression; None where stars hide some of them."""
    if len(call.args) > len(order) or any(isinstance(each, ast.Starred) for each in call.args):
        return None
    given = dict(zip(order, call.args))
    given.update((k.arg, k.value) for k in call.keywords)
    return None if None in given else given


def is_none(node):
    """Not given, or given as None."""
    return node is None or isinstance(node, ast.Constant) and node.value is None


def is_first_of_name(node):
    """`__name__.split(".")[0]`: the package that the module is in."""
    return ast.dump(node) == FIRST_OF_NAME


FIRST_OF_NAME = ast.dump(ast.parse("__name__.split('.')[0]", mode="eval").body)
