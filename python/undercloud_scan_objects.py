"""Which expressions are application objects, found by following names; nothing is run."""

import ast
import re

from undercloud_scan_source import bindings, constant

CALLS = 60  # steps taken to find out what one expression is

NAMES = ("app", "application", "wsgi", "asgi", "wsgi_app", "asgi_app", "api", "server", "web")
FACTORIES = re.compile(r"(create|make|build|get)_(\w+_)?(app|application|api|server)|app_factory")

MIDDLEWARE = re.compile(r"(?i)middleware|proxyfix|wsgi|asgi|whitenoise|cors|wrap|gzip|static|app$")

WSGI, ASGI, OTHER = "WSGI", "ASGI", "OTHER"
CONSTRUCTORS = {
    "flask.Flask": (WSGI, "Flask"),
    "flask.app.Flask": (WSGI, "Flask"),
    "apiflask.APIFlask": (WSGI, "APIFlask"),
    "flask_openapi3.OpenAPI": (WSGI, "Flask"),
    "eve.Eve": (WSGI, "Eve"),
    "bottle.Bottle": (WSGI, "Bottle"),
    "bottle.default_app": (WSGI, "Bottle"),
    "bottle.app": (WSGI, "Bottle"),
    "falcon.App": (WSGI, "Falcon"),
    "falcon.API": (WSGI, "Falcon"),
    "falcon.asgi.App": (ASGI, "Falcon"),
    "cherrypy.Application": (WSGI, "CherryPy"),
    "cherrypy.tree.mount": (WSGI, "CherryPy"),
    "django.core.wsgi.get_wsgi_application": (WSGI, "Django"),
    "django.core.asgi.get_asgi_application": (ASGI, "Django"),
    "django.core.handlers.wsgi.WSGIHandler": (WSGI, "Django"),
    "channels.routing.ProtocolTypeRouter": (ASGI, "Django"),
    "channels.routing.get_default_application": (ASGI, "Django"),
    "fastapi.FastAPI": (ASGI, "FastAPI"),
    "fastapi.applications.FastAPI": (ASGI, "FastAPI"),
    "starlette.applications.Starlette": (ASGI, "Starlette"),
    "quart.Quart": (ASGI, "Quart"),
    "litestar.Litestar": (ASGI, "Litestar"),
    "litestar.app.Litestar": (ASGI, "Litestar"),
    "sanic.Sanic": (ASGI, "Sanic"),
    "sanic.app.Sanic": (ASGI, "Sanic"),
    "blacksheep.Application": (ASGI, "BlackSheep"),
    "blacksheep.server.Application": (ASGI, "BlackSheep"),
    "esmerald.Esmerald": (ASGI, "Esmerald"),
    "ravyn.Ravyn": (ASGI, "Ravyn"),
    "fasthtml.common.fast_app": (ASGI, "FastHTML"),
    "fasthtml.common.FastHTML": (ASGI, "FastHTML"),
    "fasthtml.FastHTML": (ASGI, "FastHTML"),
    "socketio.ASGIApp": (ASGI, "Socket.IO"),
    "socketio.WSGIApp": (WSGI, "Socket.IO"),
    "strawberry.asgi.GraphQL": (ASGI, "Strawberry"),
    "ariadne.asgi.GraphQL": (ASGI, "Ariadne"),
    "ariadne.wsgi.GraphQL": (WSGI, "Ariadne"),
    "gradio.mount_gradio_app": (ASGI, "Gradio"),
    "asgiref.wsgi.WsgiToAsgi": (ASGI, None),
    "a2wsgi.WSGIMiddleware": (ASGI, None),
    "a2wsgi.ASGIMiddleware": (WSGI, None),
    "uvicorn.middleware.wsgi.WSGIMiddleware": (ASGI, None),
    "hypercorn.middleware.AsyncioWSGIMiddleware": (ASGI, None),
    "dash.Dash": (OTHER, "Dash"),
    "aiohttp.web.Application": (OTHER, "aiohttp"),
    "tornado.web.Application": (OTHER, "Tornado"),
    "robyn.Robyn": (OTHER, "Robyn"),
    "nicegui.ui.run": (OTHER, "NiceGUI"),
    "http.server.HTTPServer": (OTHER, "http.server"),
    "http.server.ThreadingHTTPServer": (OTHER, "http.server"),
}
METHODS = {
    "make_wsgi_app": (WSGI, "Pyramid"),
    "wsgifunc": (WSGI, "web.py"),
    "streamable_http_app": (ASGI, "MCP"),
    "http_app": (ASGI, "MCP"),
}
HINT = re.compile(
    rb"Flask|FastAPI|Starlette|Quart|Litestar|Sanic|Bottle|bottle|falcon|cherrypy|wsgi|asgi|blacksheep"
    rb"|esmerald|ravyn|fasthtml|socketio|GraphQL|gradio|Dash|web\.Application|Robyn|nicegui"
    rb"|HTTPServer|start_response|async def \w+\(\s*scope|streamlit"
)


class App:
    """What an expression turned out to be: an application object."""

    def __init__(self, interface, framework, line):
        self.interface, self.framework, self.line = interface, framework, line


def required(function):
    """Names of the parameters that a call must give."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    without = len(positional) - len(given.defaults)
    needed = [a.arg for a in positional[:without]]
    return needed + [a.arg for a, d in zip(given.kwonlyargs, given.kw_defaults) if d is None]


def callable_kind(function, skip=0):
    """WSGI for f(environ, start_response), ASGI for async f(scope, receive, send), else None."""
    names = required(function)[skip:]
    if isinstance(function, ast.AsyncFunctionDef):
        return ASGI if names == ["scope", "receive", "send"] else None
    plain = len(names) == 2 and names[0].startswith("env") and names[1].startswith("start")
    return WSGI if plain else None


class Inference:
    """Finds out what an expression is, following names through the project's own modules."""

    def __init__(self, project):
        self.project, self.busy, self.calls = project, set(), 0

    def expression(self, node, module, scope=None):
        self.calls += 1
        if self.calls > CALLS:
            return None
        if isinstance(node, ast.Name):
            return self.name(node.id, module, scope)
        if isinstance(node, ast.Call):
            return self.call(node, module, scope)
        if isinstance(node, ast.Attribute):
            return self.attribute(node, module, scope)
        if isinstance(node, ast.IfExp):
            return self.expression(node.body, module, scope) or self.expression(
                node.orelse, module, scope
            )
        if isinstance(node, (ast.NamedExpr, ast.Await)):
            return self.expression(node.value, module, scope)
        return None

    def name(self, name, module, scope=None):
        for names in (scope or {}), module.names:
            for at in range(len(names.get(name, ())) - 1, -1, -1):
                key = (module.path, id(names), name, at)
                if key in self.busy:
                    continue  # `app = ProxyFix(app)`: the right side means the binding before
                self.busy.add(key)
                found = self.bound(name, names[name][at], module, scope)
                self.busy.discard(key)
                if found:
                    return found
        return None

    @staticmethod
    def rebinds(name, value):
        return isinstance(value, ast.Call) and any(
            isinstance(each, ast.Name) and each.id == name
            for each in [*value.args, *(keyword.value for keyword in value.keywords)]
        )

    def bound(self, name, binding, module, scope):
        kind = binding[0]
        if kind == "value":
            found = self.expression(binding[1], module, scope)
            if not found and self.rebinds(name, binding[1]):
                found = self.name(name, module, scope)  # `app = anything(app)`
            return found and App(found.interface, found.framework, binding[1].lineno)
        if kind == "function":
            interface = callable_kind(binding[1])
            return interface and App(interface, None, binding[1].lineno)
        if kind == "import":
            target = self.imported(binding, module)
            if target and target[1]:
                return self.name(target[1], target[0])
        return None

    def imported(self, binding, module):
        """(module, name or None) where an import means something of the project's own."""
        _, level, source, name = binding
        dotted = module.absolute(level, source)
        if name:
            inner = self.project.local(f"{dotted}.{name}" if dotted else name, module.root)
            if inner:
                return inner, None
        outer = self.project.local(dotted, module.root)
        return (outer, name) if outer else None

    def qualified(self, node, module, scope=None):
        """`flask.Flask` for what Flask means here; None for what is no plain dotted name."""
        if isinstance(node, ast.Attribute):
            base = self.qualified(node.value, module, scope)
            return f"{base}.{node.attr}" if base else None
        if not isinstance(node, ast.Name):
            return None
        found = (scope or {}).get(node.id) or module.names.get(node.id)
        if not found:
            return None
        kind, *rest = found[-1]
        if kind != "import":
            return None
        dotted = module.absolute(rest[0], rest[1])
        return f"{dotted}.{rest[2]}" if rest[2] else dotted

    def call(self, node, module, scope):
        dotted = self.qualified(node.func, module, scope)
        if dotted in CONSTRUCTORS:
            interface, framework = CONSTRUCTORS[dotted]
            if framework is None:
                inner = node.args and self.expression(node.args[0], module, scope)
                return App(interface, inner.framework if inner else None, node.lineno)
            return App(interface, framework, node.lineno)
        if isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
            interface, framework = METHODS[node.func.attr]
            return App(interface, framework, node.lineno)
        found = self.definition(node.func, module, scope)
        if found:
            owner, definition = found
            result = (
                self.instance(definition, owner)
                if isinstance(definition, ast.ClassDef)
                else self.returned(definition, owner)
            )
            if result:
                return App(result.interface, result.framework, node.lineno)
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if found is None and MIDDLEWARE.search(called):
            named = [k.value for k in node.keywords if k.arg in ("app", "application")]
            for argument in [*node.args[:1], *named]:
                if isinstance(argument, (ast.Name, ast.Call, ast.Attribute)):
                    result = self.expression(argument, module, scope)
                    if result and result.interface != OTHER:
                        return result
        return None

    def definition(self, node, module, scope):
        """(module, def or class) that a plain or dotted name means within the project."""
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            for binding in module.names.get(node.value.id, ())[-1:]:
                target = binding[0] == "import" and self.imported(binding, module)
                if target and not target[1]:
                    return self.definition(ast.Name(node.attr), target[0], None)
            return None
        if not isinstance(node, ast.Name):
            return None
        found = (scope or {}).get(node.id) or module.names.get(node.id)
        if not found:
            return None
        binding = found[-1]
        if binding[0] in ("function", "class"):
            return module, binding[1]
        if binding[0] == "import":
            target = self.imported(binding, module)
            key = (module.path, "definition", node.id)
            if target and target[1] and key not in self.busy:
                self.busy.add(key)
                try:
                    return self.definition(ast.Name(target[1]), target[0], None)
                finally:
                    self.busy.discard(key)
        return None

    def instance(self, definition, module):
        """What an object of a class is: by its base classes, else by its __call__."""
        for base in definition.bases:
            dotted = self.qualified(base, module)
            if dotted in CONSTRUCTORS:
                return App(*CONSTRUCTORS[dotted], definition.lineno)
            found = self.definition(base, module, None)
            if found and isinstance(found[1], ast.ClassDef) and found[1] is not definition:
                self.calls += 1
                result = self.calls < CALLS and self.instance(found[1], found[0])
                if result:
                    return result
        for item in definition.body:
            if (
                isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))
                and item.name == "__call__"
            ):
                interface = callable_kind(item, skip=1)
                return interface and App(interface, None, definition.lineno)
        return None

    def returned(self, function, module):
        """What a factory returns: by its return statements, else by its annotation."""
        key = ("returned", id(function))
        if key in self.busy or isinstance(function, ast.AsyncFunctionDef):
            return None
        self.busy.add(key)
        try:
            scope = bindings(function.body)
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    found = self.expression(node.value, module, scope)
                    if found:
                        return found
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    dotted = self.qualified(node.func, module, scope)
                    if (
                        CONSTRUCTORS.get(dotted, (OTHER, None))[0] != OTHER
                        and CONSTRUCTORS[dotted][1]
                    ):
                        return App(*CONSTRUCTORS[dotted], function.lineno)
            if function.returns is not None:
                node = function.returns
                text = constant(node)
                if isinstance(text, str) and text.isidentifier():
                    node = ast.Name(text)
                dotted = self.qualified(node, module)
                if dotted in CONSTRUCTORS and CONSTRUCTORS[dotted][1]:
                    return App(*CONSTRUCTORS[dotted], function.lineno)
            return None
        finally:
            self.busy.discard(key)

    def attribute(self, node, module, scope):
        inner = self.expression(node.value, module, scope)
        if inner and node.attr in ("wsgi_app", "asgi_app"):
            return inner
        if inner and inner.framework == "Dash" and node.attr == "server":
            return App(WSGI, "Dash", node.lineno)
        if isinstance(node.value, ast.Name):
            for binding in module.names.get(node.value.id, ())[-1:]:
                target = binding[0] == "import" and self.imported(binding, module)
                if target and not target[1]:
                    return self.name(node.attr, target[0])
        return None
