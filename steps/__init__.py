"""The cleaning steps: one module each; a file added here, or an installed package's entry point, registers itself."""

import importlib
import inspect
import pkgutil
from importlib.metadata import entry_points

from steps.base import Step

GROUP = "workbench.steps"

catalogue: dict[str, type[Step]] = {}
broken: dict[str, str] = {}  # module or entry point -> why it could not be loaded


def _register(found: object, origin: str) -> None:
    classes = [v for v in vars(found).values() if inspect.isclass(v) and issubclass(v, Step) and v.__module__ == origin]
    steps = [v for v in classes if v is not Step and not inspect.isabstract(v)]
    if not steps:
        return  # what several steps share
    if len(steps) > 1:
        broken[origin] = f"a step module holds one Step class, this one holds {len(steps)}"
        return
    step = steps[0]
    missing = [a for a in ("name", "label") if not isinstance(getattr(step, a, None), str)]
    if missing:
        broken[origin] = f"{step.__name__} has no {' and no '.join(missing)}"
    elif step.name in catalogue and catalogue[step.name] is not step:
        broken[origin] = f'another step is already called "{step.name}"'
    else:
        catalogue[step.name] = step


def discover() -> None:
    """Fill the catalogue from this folder and from installed packages; what fails is named in ``broken``."""
    catalogue.clear()
    broken.clear()
    modules = [f"{__name__}.{m.name}" for m in pkgutil.iter_modules(__path__)]
    modules += [point.module for point in entry_points(group=GROUP)]
    for module in dict.fromkeys(modules):
        try:
            found = importlib.import_module(module)
        except Exception as error:  # whatever a foreign module raises must take nothing else down; it is shown on the page
            broken[module] = f"{type(error).__name__}: {error}"
        else:
            _register(found, module)


discover()

__all__ = ["broken", "catalogue", "discover"]
