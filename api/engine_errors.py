"""What can go wrong in an engine's page, as the visitor reads it. One class for most errors of engines/base.py."""

from api.errors import ApiError
from engines import base
from engines.pool import PoolFull


class EngineUnavailable(ApiError):
    """This machine has no engine; facts: reason, cure."""

    status = 503
    en = "No browser can run page scripts here: {reason} {cure}"
    zh = "此处没有可运行页面脚本的浏览器：{reason} {cure}"


class EngineLacks(ApiError):
    """The engine cannot do this; facts: engine, capability."""

    status = 422
    en = "The engine “{engine}” cannot do that ({capability}). Set STUDIOLO_ENGINE=chrome where Chrome is installed."
    zh = "引擎“{engine}”不支持该功能（{capability}）。在装有 Chrome 的机器上请设置 STUDIOLO_ENGINE=chrome。"


class EngineFull(ApiError):
    """All pages are in use."""

    status = 503
    en = "All pages of the engine are in use. Try again in {retry_after} s."
    zh = "引擎的页面已全部占用。请在 {retry_after} 秒后重试。"


class PageNotOpened(ApiError):
    """An address could not be opened; facts: url, reason."""

    status = 502
    en = "{url} could not be opened: {reason}"
    zh = "无法打开 {url}：{reason}"


class ScriptFailed(ApiError):
    """The script threw; facts: name, reason, stack."""

    status = 422
    en = "The script ended with {name}: {reason}"
    zh = "脚本因 {name} 结束：{reason}"


class ScriptTooSlow(ApiError):
    """The script or its address took too long; the page was closed. Facts: timeout_s."""

    status = 504
    en = "It took longer than {timeout_s} s, so the page was closed. Give it a longer timeout_s, or do less at once."
    zh = "运行超过 {timeout_s} 秒，页面已关闭。请设置更长的 timeout_s，或减少单次工作量。"


class PageActRefused(ApiError):
    """The browser did not take a picture, a key or a place to click; facts: reason."""

    status = 422
    en = "The page does not take this: {reason}"
    zh = "页面不接受该操作：{reason}"


class PageGone(ApiError):
    """The page ended in the middle; facts: reason."""

    status = 502
    en = "The page ended in the middle of it: {reason}. The next run gets a new page."
    zh = "页面中途结束：{reason}。下次运行将使用新页面。"


def as_api_error(error: base.EngineError) -> ApiError:
    """Return an engine's error as a visitor reads it."""
    match error:
        case base.Unavailable():
            return EngineUnavailable(reason=error.reason, cure=error.cure)
        case base.Lacking():
            return EngineLacks(engine=error.engine, capability=error.capability.value)
        case base.NotOpened():
            return PageNotOpened(url=error.url, reason=error.reason)
        case base.ScriptFailed():
            return ScriptFailed(name=error.name, reason=error.message, stack=error.stack[:4000])
        case base.TooSlow():
            return ScriptTooSlow(timeout_s=error.timeout_s)
        case base.ActRefused():
            return PageActRefused(reason=str(error))
        case PoolFull():
            return EngineFull(retry_after=5)
    return PageGone(reason=str(error))
