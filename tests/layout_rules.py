"""The rules of the house as checks: each takes a tree of source files and answers its complaints, one sentence each."""

from __future__ import annotations

import ast
import os
import re
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

UNREAD_FOLDERS = {"node_modules", "data", "build", "dist", "coverage", "__pycache__"}
UNHELD_FOLDERS = {"tests", "bench", "page", "static", "docs", "deploy"}
READ_SUFFIXES = {".py", ".ts", ".tsx", ".html", ".css", ".sh"}

LEAVES = {"settings", "launch", "version", "logs"}
WIRING = {"main", "web_mode", "window_mode", "engine_mode", "engine_wiring"}
MAY_IMPORT = {
    "studiolo_client": set(),
    "doors": {"studiolo_client", "api", "tasks", "sessions", "providers", "engines", "store"} | LEAVES,
    "api": {"tasks", "sessions", "providers", "engines", "store", "egress"} | LEAVES,
    "tasks": {"store", "egress"} | LEAVES,
    "sessions": {"store"} | LEAVES,
    "providers": {"store", "egress"} | LEAVES,
    "engines": {"store", "egress"} | LEAVES,
    "store": LEAVES,
    "plugins": {"api"},
    "egress": set(),
    "settings": LEAVES | {"egress"},
    "launch": LEAVES,
    "version": LEAVES,
    "logs": LEAVES,
    "set_up": set(),
}
OURS = set(MAY_IMPORT) | WIRING | {"tests", "bench"}
SERVERS = {"flask", "werkzeug", "starlette", "uvicorn", "uvicorn_worker", "gunicorn", "webview"}
SERVER_PARTS = {"doors"} | WIRING
HELPERS = {("engines/window_main.py", "webview")}  # processes of their own, that serve nobody else
PRINTING_PARTS = {"main", "set_up"}
PRINTING_FILES = {"doors/cli.py"}
ENVIRONMENT_PARTS = {"settings", "launch", "set_up"}
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "shared"}

MIGRATIONS = "store/migrations/versions/"

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 60
MOST_FUNCTION_LINES = 40  # 95% of the functions are shorter
MAX_MEDIAN_LINES = 10
MAX_README_LINES = 6
MAX_PARAMETERS = 4
MAX_REASONS = 8
REASONS_FOR_MORE_PARAMETERS: dict[str, str] = {
    "api/method.py:method": "the words of a declaration, all optional and by name",
}


@dataclass(frozen=True)
class Source:
    """One source file: its path from the root of the tree, and its text."""

    path: str
    text: str = field(repr=False)

    @property
    def part(self) -> str:
        """The top-level folder or module it belongs to."""
        return PurePosixPath(self.path).parts[0].removesuffix(".py")

    @property
    def is_held(self) -> bool:
        """Whether it is Python that the rules of structure hold for."""
        return self.path.endswith(".py") and self.part not in UNHELD_FOLDERS

    @property
    def is_generated(self) -> bool:
        return "generated" in "\n".join(self.text.splitlines()[:5]).lower()

    @cached_property
    def module(self) -> ast.Module:
        return ast.parse(self.text, self.path)


@dataclass(frozen=True)
class Tree:
    """Every source file under one root."""

    root: Path
    sources: tuple[Source, ...] = field(repr=False)

    @property
    def held(self) -> Iterator[Source]:
        return (source for source in self.sources if source.is_held)


Function = ast.FunctionDef | ast.AsyncFunctionDef
Rule = Callable[[Tree], list[str]]
RULES: list[Rule] = []


def rule(check: Rule) -> Rule:
    RULES.append(check)
    return check


def read_tree(root: Path) -> Tree:
    """Read the tree under `root`, without what is made, installed or hidden."""
    found = []
    for folder, folders, names in os.walk(root):
        here = Path(folder)
        folders[:] = sorted(
            name for name in folders if name not in UNREAD_FOLDERS and name[0] != "." and here / name != root / "static"
        )
        files = (here / name for name in sorted(names))
        found += [
            Source(file.relative_to(root).as_posix(), file.read_text(encoding="utf-8"))
            for file in files
            if file.suffix in READ_SUFFIXES
        ]
    return Tree(root, tuple(found))


@rule
def imports_go_one_way(tree: Tree) -> list[str]:
    return [
        f"{source.path}:{line} imports {name}: {source.part} may import {', '.join(sorted(MAY_IMPORT[source.part]))}"
        for source in tree.held
        if source.part in MAY_IMPORT
        for line, name in imports(source.module)
        if name.split(".")[0] in OURS - MAY_IMPORT[source.part] - {source.part}
    ]


@rule
def every_part_has_a_place_in_the_direction(tree: Tree) -> list[str]:
    parts = {source.part for source in tree.held} - set(MAY_IMPORT) - WIRING
    return [f"{part}: say in MAY_IMPORT what it may import" for part in sorted(parts)]


@rule
def only_doors_and_wiring_import_a_server(tree: Tree) -> list[str]:
    return [
        f"{source.path}:{line} imports {name}: only doors/ and the wiring do"
        for source in tree.held
        if source.part not in SERVER_PARTS
        for line, name in imports(source.module)
        if name.split(".")[0] in SERVERS and (source.path, name.split(".")[0]) not in HELPERS
    ]


@rule
def main_starts_with_the_standard_library(tree: Tree) -> list[str]:
    return [
        f"main.py:{line} imports {name}: before a word is chosen, the standard library only"
        for source in tree.held
        if source.path == "main.py"
        for line, name in imports(source.module, is_at_start=True)
        if name.split(".")[0] not in sys.stdlib_module_names
    ]


@rule
def functions_are_short(tree: Tree) -> list[str]:
    return [
        f"{where} has {num_lines} lines: {MAX_FUNCTION_LINES} at most"
        for where, num_lines in function_sizes(tree)
        if num_lines > MAX_FUNCTION_LINES
    ]


@rule
def nearly_all_functions_are_under_40_lines(tree: Tree) -> list[str]:
    sizes = function_sizes(tree)
    long = [f"{where} ({num_lines})" for where, num_lines in sizes if num_lines >= MOST_FUNCTION_LINES]
    return (
        [f"more than 5% of {len(sizes)} functions are long: {', '.join(long)}"] if len(long) > len(sizes) / 20 else []
    )


@rule
def the_median_function_is_under_10_lines(tree: Tree) -> list[str]:
    sizes = [num_lines for _, num_lines in function_sizes(tree)]
    median = statistics.median(sizes) if sizes else 0
    return [f"the median function has {median} lines"] if median >= MAX_MEDIAN_LINES else []


@rule
def files_are_short(tree: Tree) -> list[str]:
    return [
        f"{source.path} has {num_lines} lines: {MAX_FILE_LINES} at most"
        for source in tree.sources
        if (source.is_held or source.path.startswith("page/src/")) and not source.is_generated
        if (num_lines := len(source.text.splitlines())) > MAX_FILE_LINES
    ]


@rule
def many_parameters_have_a_reason(tree: Tree) -> list[str]:
    return [
        f"{where} takes more than {MAX_PARAMETERS} parameters"
        for where in sorted(wide_functions(tree) - set(REASONS_FOR_MORE_PARAMETERS))
    ]


def _has(tree: Tree, where: str) -> bool:
    return any(source.path == where.partition(":")[0] for source in tree.sources)


@rule
def names_say_what_is_inside(tree: Tree) -> list[str]:
    return [
        f"{source.path}: a file or folder is named after its noun"
        for source in tree.sources
        if VAGUE_NAMES & {part.split(".")[0].lower() for part in PurePosixPath(source.path).parts}
    ]


@rule
def no_work_is_left_in_comments(tree: Tree) -> list[str]:
    left = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
    return [
        f"{source.path}:{number}: do it, or open an issue"
        for source in tree.sources
        for number, line in enumerate(source.text.splitlines(), 1)
        if left.search(line)
    ]


@rule
def every_folder_of_code_has_a_short_readme(tree: Tree) -> list[str]:
    folders = sorted({source.part for source in tree.held if "/" in source.path})
    return [
        f"{folder}/README.md: say the folder's rule in one to {MAX_README_LINES} lines"
        for folder in folders
        if not 0 < num_lines_of(tree.root / folder / "README.md") <= MAX_README_LINES
    ]


@rule
def libraries_do_not_print(tree: Tree) -> list[str]:
    return [
        f"{source.path}:{node.lineno} prints: log it, or answer it"
        for source in tree.held
        if source.part not in PRINTING_PARTS and source.path not in PRINTING_FILES
        for node in ast.walk(source.module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]


@rule
def only_settings_read_the_environment(tree: Tree) -> list[str]:
    return [
        f"{source.path}:{line} reads the environment: settings.py is the one reader"
        for source in tree.held
        if source.part not in ENVIRONMENT_PARTS
        for line in environment_reads(source.module)
    ]


def imports(module: ast.Module, *, is_at_start: bool = False) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted name) of every import; `is_at_start`: only those that run when the file is imported."""
    for node in statements_at_start(module) if is_at_start else ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def statements_at_start(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        is_for_types = isinstance(child, ast.If) and ast.unparse(child.test).endswith("TYPE_CHECKING")
        if not isinstance(child, Function | ast.Lambda) and not is_for_types:
            yield child
            yield from statements_at_start(child)


def functions(tree: Tree) -> Iterator[tuple[Source, Function]]:
    for source in tree.held:
        # A migration is one list of changes, written once and never touched again.
        if not source.is_generated and not source.path.startswith(MIGRATIONS):
            yield from ((source, node) for node in ast.walk(source.module) if isinstance(node, Function))


def function_sizes(tree: Tree) -> list[tuple[str, int]]:
    """Answer (where, lines) of every function; its docstring and decorators do not count."""
    return [(f"{source.path}:{node.name}", num_lines_of_code(node)) for source, node in functions(tree)]


def num_lines_of_code(node: Function) -> int:
    first, last = node.body[0], node.end_lineno or node.lineno
    is_docstring = ast.get_docstring(node, clean=False) is not None
    num_docstring_lines = (first.end_lineno or first.lineno) - first.lineno + 1 if is_docstring else 0
    return last - node.lineno + 1 - num_docstring_lines


def parameter_counts(tree: Tree) -> list[tuple[str, int]]:
    counts = []
    for source, node in functions(tree):
        names = [parameter.arg for parameter in ast.walk(node.args) if isinstance(parameter, ast.arg)]
        counts.append((f"{source.path}:{node.name}", len(names) - (names[:1] in (["self"], ["cls"]))))
    return counts


def wide_functions(tree: Tree) -> set[str]:
    return {where for where, num_parameters in parameter_counts(tree) if num_parameters > MAX_PARAMETERS}


def environment_reads(module: ast.Module) -> Iterator[int]:
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute) and ast.unparse(node) in {"os.environ", "os.getenv", "os.environb"}:
            yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            yield from (node.lineno for alias in node.names if alias.name in {"environ", "getenv", "environb"})


def num_lines_of(file: Path) -> int:
    return len(file.read_text(encoding="utf-8").splitlines()) if file.exists() else 0
