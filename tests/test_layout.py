"""The house keeps its own rules (HOUSE STYLE), and each rule is able to fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import layout_rules as rules

ROOT = Path(__file__).resolve().parent.parent
LONG = "\n".join(["def long() -> None:", *["    pass"] * 60])
LONGISH = "\n".join(["def longish() -> None:", *["    pass"] * 39])

# For each rule, a tree of files that breaks it, and one that looks much like it and does not.
BROKEN: dict[rules.Rule, dict[str, str]] = {
    rules.imports_go_one_way: {"store/rows.py": "def read() -> None:\n    from api.items import Item\n"},
    rules.every_part_has_a_place_in_the_direction: {"cellar/wine.py": ""},
    rules.only_doors_and_wiring_import_a_server: {"api/items.py": "import flask.json\n"},
    rules.main_starts_with_the_standard_library: {"main.py": "try:\n    import flask\nexcept ImportError:\n    pass\n"},
    rules.functions_are_short: {"api/items.py": LONG},
    rules.nearly_all_functions_are_under_40_lines: {"api/items.py": LONGISH},
    rules.the_median_function_is_under_10_lines: {"api/items.py": LONGISH},
    rules.files_are_short: {"page/src/chat/Chat.tsx": "\n" * 401},
    rules.many_parameters_have_a_reason: {"api/items.py": "def get(self, a, b, c, *, d, e): ...\n"},
    rules.names_say_what_is_inside: {"page/src/utils/date.ts": ""},
    rules.no_work_is_left_in_comments: {"tests/test_items.py": "# TO" + "DO: later\n"},
    rules.every_folder_of_code_has_a_short_readme: {"api/items.py": "", "api/README.md": "line\n" * 7},
    rules.libraries_do_not_print: {"store/rows.py": "print(1)\n"},
    rules.only_settings_read_the_environment: {"api/items.py": "from os import environ\n"},
}
SOUND: dict[rules.Rule, dict[str, str]] = {
    rules.imports_go_one_way: {
        "api/items.py": "import store.rows\nimport api.method\nimport launch\n",
        "web_mode.py": "import doors",
    },
    rules.every_part_has_a_place_in_the_direction: {
        "store/rows.py": "",
        "tests/test_rows.py": "",
        "bench/calls.py": "",
    },
    rules.only_doors_and_wiring_import_a_server: {"doors/rpc.py": "import flask", "tests/test_rpc.py": "import flask"},
    rules.main_starts_with_the_standard_library: {"main.py": "import sys\ndef web() -> None:\n    import flask\n"},
    rules.functions_are_short: {"tests/test_items.py": LONG, "api/items.py": LONGISH},
    rules.nearly_all_functions_are_under_40_lines: {"api/items.py": LONGISH + "\ndef short() -> None: ..." * 19},
    rules.the_median_function_is_under_10_lines: {"api/items.py": LONGISH + "\ndef short() -> None: ..." * 2},
    rules.files_are_short: {"page/src/api.ts": "// Generated: do not edit.\n" * 401, "api/items.py": "\n" * 400},
    rules.many_parameters_have_a_reason: {"api/items.py": "def get(self, a, b, *, c, d): ...\n"},
    rules.names_say_what_is_inside: {"page/src/date.ts": "", "api/commons.py": ""},
    rules.no_work_is_left_in_comments: {"api/items.py": "# done\n"},
    rules.every_folder_of_code_has_a_short_readme: {"api/items.py": "", "api/README.md": "line\n" * 6},
    rules.libraries_do_not_print: {"main.py": "print(1)", "doors/cli.py": "print(1)"},
    rules.only_settings_read_the_environment: {
        "settings.py": "os.environ",
        "doors/rpc.py": "import os\nrequest.environ",
    },
}


def made(root: Path, files: dict[str, str]) -> rules.Tree:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return rules.read_tree(root)


@pytest.fixture(scope="module")
def tree() -> rules.Tree:
    return rules.read_tree(ROOT)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_the_house_keeps_the_rule(rule: rules.Rule, tree: rules.Tree) -> None:
    complaints = rule(tree)
    assert not complaints, "\n".join(complaints)


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_tree_that_breaks_the_rule_is_complained_of(rule: rules.Rule, tmp_path: Path) -> None:
    assert len(rule(made(tmp_path, BROKEN[rule]))) == 1


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_tree_that_only_looks_like_it_is_not(rule: rules.Rule, tmp_path: Path) -> None:
    assert rule(made(tmp_path, SOUND[rule])) == []


def test_a_reason_allows_many_parameters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(rules.REASONS_FOR_MORE_PARAMETERS, "api/items.py:get", "it is a protocol's own list")
    tree = made(tmp_path, BROKEN[rules.many_parameters_have_a_reason])
    assert rules.many_parameters_have_a_reason(tree) == []


def test_reasons_for_many_parameters_are_few_and_needed(tree: rules.Tree) -> None:
    assert set(rules.REASONS_FOR_MORE_PARAMETERS) <= rules.wide_functions(tree)
    assert len(rules.REASONS_FOR_MORE_PARAMETERS) <= rules.MAX_REASONS
    assert all(len(reason.split()) > 3 for reason in rules.REASONS_FOR_MORE_PARAMETERS.values())


def test_the_docstring_of_a_function_is_not_its_length(tmp_path: Path) -> None:
    text = 'def get() -> None:\n    """Get.\n\n    More.\n    """\n    return None\n'
    assert rules.function_sizes(made(tmp_path, {"api/items.py": text})) == [("api/items.py:get", 2)]


def test_made_and_installed_files_are_not_read(tmp_path: Path) -> None:
    made(tmp_path, {".venv/lib/x.py": "", "page/node_modules/a/utils.ts": "", "static/app/x.css": "", "data/a.py": ""})
    assert rules.read_tree(tmp_path).sources == ()


def test_the_tree_is_really_read(tree: rules.Tree) -> None:
    assert {"set_up", "tests"} <= {source.part for source in tree.sources}
