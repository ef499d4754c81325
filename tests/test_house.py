"""The house: which room may import which, what is declared against what is imported, and what must not be in it at all."""

import ast
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("ui", "workspace", "pipeline", "steps", "io_utils")
MAY_IMPORT = {
    "ui": {"workspace", "pipeline", "steps", "io_utils"},
    "workspace": {"pipeline", "steps", "io_utils"},
    "pipeline": {"steps", "io_utils"},
    "steps": set(),
    "io_utils": set(),
}
PRODUCT = sorted([ROOT / "workbench.py", *(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))])
OUTSIDE_TESTS = [*PRODUCT, *sorted((ROOT / "benchmarks").rglob("*.py")), *sorted((ROOT / "sample_data").rglob("*.py"))]
# Needed at run time by another package on the list, and imported by none of ours: the reason is beside it.
NOT_IMPORTED = {
    "openpyxl": "named by the product; the tests read workbooks back with it",
}
COMES_WITH = {"pydantic-core": "pydantic"}  # one release of one package, in two distributions
POSIX_MODULES = {"resource", "fcntl", "pwd", "grp", "termios", "pty", "tty", "syslog", "posix"}
POSIX_NAMES = {
    "os": {"fork", "forkpty", "kill", "killpg", "setsid", "getuid", "geteuid", "getgid", "chown", "mkfifo", "nice", "uname", "wait",
           "waitpid", "getpgid", "setpgrp", "statvfs", "sched_getaffinity", "pread", "pwrite"},
    "signal": {"SIGKILL", "SIGALRM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGQUIT", "alarm", "setitimer", "pause"},
    "asyncio": {"add_signal_handler"},
    "socket": {"AF_UNIX"},
}  # fmt: skip


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), named(path))


def imports(path: Path) -> set[str]:
    """The top names a module imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(path.relative_to(ROOT).parts[0] if node.level else (node.module or "").split(".")[0])
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_to_its_right(room: str) -> None:
    against = {
        f"{named(path)} imports {other}"
        for path in (ROOT / room).rglob("*.py")
        for other in imports(path) & {*ROOMS, "workbench", "tests", "benchmarks", "sample_data", "docs"} - {room} - MAY_IMPORT[room]
    }
    assert against == set()


def test_only_the_page_knows_streamlit() -> None:
    assert {named(path) for path in PRODUCT if "streamlit" in imports(path)} - {"workbench.py"} <= {
        named(path) for path in (ROOT / "ui").rglob("*.py")
    }


@pytest.mark.parametrize("path", OUTSIDE_TESTS, ids=named)
def test_a_module_runs_on_every_system_and_says_what_it_is(path: Path) -> None:
    module = tree(path)
    assert ast.get_docstring(module), "a module begins with a docstring"
    used = {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in POSIX_NAMES.get(node.value.id, ())
    }
    used |= imports(path) & POSIX_MODULES
    used |= {
        f"{node.module}.{alias.name}"
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.name in POSIX_NAMES.get(node.module or "", ())
    }
    assert used == set()


def requirements(name: str) -> dict[str, Requirement]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    wanted = [Requirement(line) for line in lines if line.strip() and not line.startswith(("#", "-"))]
    return {canonicalize_name(requirement.name): requirement for requirement in wanted}


def distributions(paths: list[Path]) -> set[str]:
    """The distributions the modules import, the standard library and our own rooms aside."""
    of = packages_distributions()
    names = set().union(*(imports(path) for path in paths))
    names -= set(sys.stdlib_module_names) | {*ROOMS, "workbench", "tests", "benchmarks", "sample_data", "docs"}
    found = {canonicalize_name(of[name][0]) if name in of else name for name in names}
    return {COMES_WITH.get(name, name) for name in found}


def test_what_the_product_imports_is_what_it_requires() -> None:
    imported, required = distributions(PRODUCT), set(requirements("requirements.txt"))
    assert imported - required == set(), "imported, but not in requirements.txt"
    assert required - imported - set(NOT_IMPORTED) == set(), "in requirements.txt, but nothing imports it"
    assert set(NOT_IMPORTED) <= required


def test_what_the_rest_imports_is_declared_too() -> None:
    rest = [path for folder in ("tests", "benchmarks", "sample_data", "docs") for path in (ROOT / folder).rglob("*.py")]
    tools = {"packaging", "protobuf", "polars-runtime-32"}  # come with pytest and Streamlit
    assert distributions(rest) - set(requirements("requirements.txt")) - set(requirements("requirements-dev.txt")) - tools == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_requirement_names_the_tested_and_the_next_version(name: str) -> None:
    for requirement in requirements(name).values():
        assert sorted(s.operator for s in requirement.specifier) == ["<", ">="], str(requirement)
        assert requirement.specifier.contains(version(requirement.name)), f"{requirement}: {version(requirement.name)} is installed"


def test_constraints_hold_an_exact_version_of_each() -> None:
    constraints = requirements("constraints.txt")
    wanted = requirements("requirements.txt") | requirements("requirements-dev.txt")
    assert set(wanted) - set(constraints) == set()
    for name, constraint in constraints.items():
        (only,) = constraint.specifier
        assert only.operator == "==", str(constraint)
        if name in wanted:
            assert wanted[name].specifier.contains(Version(only.version)), f"{wanted[name]} against {constraint}"


def test_the_development_requirements_hold_the_product_s() -> None:
    assert (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()[0] == "-r requirements.txt"


RUN = "pip install -r requirements.txt && streamlit run workbench.py"
TEST = "pip install -r requirements-dev.txt && pytest"


def test_the_readme_s_two_commands_are_what_is_run() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^pip install .*$", readme, re.MULTILINE) == [RUN, TEST]
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [words for line in lines if (words := shlex.split(line, comments=True))]
    install, tests = (part.split() for part in TEST.split(" && "))
    assert [line[: len(install)] for line in commands if "install" in line and "pip" in line] == [install]
    assert commands[-1] == tests


def test_the_tools_are_set_as_agreed() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert settings["pytest"]["ini_options"]["filterwarnings"][0] == "error"
    assert settings["ruff"]["line-length"] == 140
    assert {"E", "F", "I", "UP", "B", "PT", "D1", "SIM", "RUF", "C4"} <= set(settings["ruff"]["lint"]["select"])


TEXTS = {".py", ".md", ".toml", ".txt", ".csv", ".json", ".yaml", ".yml", ".html", ".css", ".js", ""}
MACHINE = re.compile(r"(?<![\w.:/])(?:/(?:home|Users|root|work|opt|srv|mnt)/[\w.-]+|[A-Za-z]:\\\\?Users\\)")


def test_no_path_of_a_machine_is_in_the_repository() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    found = [
        f"{name}:{number}: {line.strip()[:80]}"
        for name in listed.stdout.splitlines()
        if (ROOT / name).suffix in TEXTS and (ROOT / name).is_file() and not name.startswith("tests/")
        for number, line in enumerate((ROOT / name).read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert found == []
