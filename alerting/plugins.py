"""Finding plug-in classes by scanning their folder: a new condition, limits method, source or notifier is one new file."""

import importlib
import pkgutil
from functools import cache


class DuplicateName(TypeError):
    """Two classes claim one name; this is ours to mend, not the user's."""


@cache
def discover(package_name: str, attribute: str) -> dict[str, type]:
    """Return the classes that modules of a package define, by the value of their class attribute *attribute*.

    Only classes defined in the module that is scanned count, so that importing a neighbour's class claims nothing.

    Raises:
        DuplicateName: two classes carry the same name.
    """
    package = importlib.import_module(package_name)
    classes: dict[str, type] = {}
    for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{package_name}.{module_info.name}")
        for candidate in vars(module).values():
            if not isinstance(candidate, type) or candidate.__module__ != module.__name__:
                continue
            name = candidate.__dict__.get(attribute)
            if not isinstance(name, str):
                continue
            if name in classes:
                raise DuplicateName(f"{candidate.__module__} and {classes[name].__module__} both define {name!r}")
            classes[name] = candidate
    return classes
