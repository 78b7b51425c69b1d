"""Read a Python project without running any of it, and print what was found as one JSON object.

    python -I -S undercloud_scan.py DIRECTORY

Standard library only, Python 3.8 or later. Sources are parsed with `ast`; nothing of the project is
imported or executed. All work has a limit, for the project may be huge, broken or hostile.
"""

import json
import os
import sys
import time
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # -I leaves it out

from undercloud_scan_facts import RESULTS, Django, Mains, gunicorn_files, streamlit  # noqa: E402
from undercloud_scan_objects import FACTORIES, HINT, NAMES, OTHER, Inference, required  # noqa: E402
from undercloud_scan_source import SECONDS, UNREADABLE, Project  # noqa: E402
from undercloud_scan_static import Statics  # noqa: E402

CONVENTIONAL = (
    "wsgi", "asgi", "app", "main", "application", "server", "api", "web", "run", "index", "site",
    "webapp", "service", "factory", "__main__", "__init__",
)  # fmt: skip
MEMORY = 1 << 30  # bytes of address space, so that a hostile source cannot take the machine
FAR = 1_000  # rank of what no convention names


def rank(path):
    """Where application objects are looked for first: the top, then packages, then anywhere."""
    folders = path.split("/")
    name = folders.pop()[: -len(".py")]
    depth = len(folders) - (1 if folders[:1] == ["src"] else 0)
    if depth > 1 or name not in CONVENTIONAL:
        return FAR + 10 * len(folders) + (0 if name in CONVENTIONAL else 5)
    return 100 * depth + CONVENTIONAL.index(name)


def objects(project, inference):
    """Application objects, best first; once convention names one, the rest is not searched."""
    found = []
    for path in sorted(project.sources, key=lambda p: (rank(p), p)):
        if rank(path) >= FAR and any(o["interface"] != OTHER for o in found) or project.late():
            break
        if len(found) >= RESULTS:
            break
        try:
            hinted = HINT.search(project.read(path)) or rank(path) < FAR
        except OSError:
            continue
        module = project.module(path) if hinted else None
        if module:
            found += in_module(module, inference)
    # Of the same depth, a finished object says more than a factory that might make one.
    return sorted(found, key=lambda o: (rank(o["file"]) // 100, o["factory"], rank(o["file"])))


def in_module(module, inference):
    order = {name: at for at, name in enumerate(NAMES)}
    found, factories = [], []
    for name in module.names:
        kind, *rest = module.names[name][-1]
        if name.startswith("_"):
            continue
        inference.calls = 0
        if kind == "function" and FACTORIES.fullmatch(name):
            app = not required(rest[0]) and inference.returned(rest[0], module)
            if app:
                factories.append((name, described(module, f"{name}()", app, rest[0].lineno, True)))
        elif kind == "function" or kind == "value" or (kind == "import" and name in NAMES):
            app = inference.name(name, module)
            if app:
                line = rest[0].lineno if kind != "import" else 1
                found.append((name, described(module, name, app, line, False)))
    found.sort(key=lambda pair: (order.get(pair[0], len(order)), pair[1]["line"]))
    return [entry for _, entry in found + factories]


def described(module, expression, app, line, factory):
    return {
        "module": module.name,
        "root": module.root,
        "file": module.path,
        "line": line,
        "expression": expression,
        "interface": app.interface,
        "framework": app.framework,
        "factory": factory,
    }


def limit_memory():
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    except (ImportError, ValueError, OSError):
        pass  # the caller's time limit remains


def survive(project, find, otherwise):
    """What could be found; a source that breaks the search is noted, not fatal."""
    try:
        return find()
    except UNREADABLE as error:
        reason = f"{type(error).__name__} while it was searched"
        project.troubles.append({"file": project.last, "line": 0, "reason": reason})
        return otherwise


def scan(directory):
    project = Project(directory, time.monotonic() + SECONDS)
    inference = Inference(project)
    statics = Statics(project, inference)
    found = survive(project, lambda: objects(project, inference), [])
    return {
        "python": ".".join(map(str, sys.version_info[:3])),
        "sources": len(project.sources),
        "objects": found[:RESULTS],
        "django": survive(project, Django(project, statics).facts, None),
        "statics": survive(project, lambda: statics.of(found), []),
        "gunicorn": survive(project, lambda: gunicorn_files(project), {}),
        "mains": survive(project, Mains(project, inference).all, {}),
        "streamlit": streamlit(project),
        "truncated": project.truncated,
        "troubles": project.troubles[:RESULTS],
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    limit_memory()
    json.dump(scan(os.path.abspath(sys.argv[1])), sys.stdout)
