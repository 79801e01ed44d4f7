"""JSON merge patch."""

from typing import Any


def merged(target: Any, patch: Any) -> Any:
    """Return `target` with `patch` merged into it, as RFC 7396 says; neither is changed."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
