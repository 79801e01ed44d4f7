"""What a shell evaluates to complete `python main.py call`."""

import sys

from api.method import Methods

SCRIPT = """# Completes `python main.py call`: eval "$(python main.py completion)"
_studiolo() {{
  local before="${{COMP_WORDS[*]:0:COMP_CWORD}} " word="${{COMP_WORDS[COMP_CWORD]}}" words=""
  case "$before" in
{cases}
    *"main.py call "*) words="{names}" ;;
    *"main.py "*) words="setup web call mcp completion types" ;;
  esac
  COMPREPLY=($(compgen -o default -W "$words" -- "$word"))
}}
complete -o default -F _studiolo python python3 main.py
"""


def script(methods: Methods) -> str:
    """Return the script for bash; zsh takes it after `bashcompinit`."""
    options = {one.name: [_option(parameter.name) for parameter in one.parameters] for one in methods.at("cli")}
    cases = "\n".join(f'    *" call {name} "*) words="{" ".join(words)}" ;;' for name, words in options.items())
    return SCRIPT.format(names=" ".join(options), cases=cases)


def main(methods: Methods) -> int:
    """Print it."""
    sys.stdout.write(script(methods))
    return 0


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
