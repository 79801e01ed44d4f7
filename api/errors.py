"""Every error a visitor can meet: its status, and its sentence in each language. Messages say what to do next."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, JsonValue

from store.database import StoreFull, StoreUnavailable


class ErrorBody(BaseModel):
    """An error as every door shows it; `details` holds facts, among them often `next`, the next step in a sentence."""

    code: str
    message: str
    details: dict[str, JsonValue]


class ApiError(Exception):
    """The root of the tree. `facts` fill the sentence and become `details`; a subclass gives status and sentences."""

    status: ClassVar[int] = 500
    en: ClassVar[str] = ""
    zh: ClassVar[str] = ""
    code: ClassVar[str] = "api_error"
    of_calls: ClassVar[bool] = True  # false for what only uploads and downloads meet

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()
        ERRORS[cls.code] = cls

    def __init__(self, **facts: JsonValue) -> None:
        super().__init__(f"{self.code}: {facts}")
        self.facts = facts

    @property
    def kept(self) -> dict[str, object]:
        """The error as a row keeps it: without a language."""
        return {"code": self.code, "facts": self.facts}

    def message(self, language: str) -> str:
        """Return the sentence in `language`."""
        return _fill(self.zh if language == "zh-CN" else self.en, self.facts)

    def body(self, language: str) -> ErrorBody:
        """Return what a door shows."""
        return ErrorBody(code=self.code, message=self.message(language), details=dict(self.facts))


ERRORS: dict[str, type[ApiError]] = {}


def shown(row: Mapping[str, Any] | None, language: str) -> ErrorBody | None:
    """Return a kept error in a reader's language; one of a code that is gone becomes an internal error."""
    if row is None:
        return None
    return ERRORS.get(row["code"], InternalError)(**row["facts"]).body(language)


def _fill(text: str, facts: Mapping[str, JsonValue]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: str(facts.get(found[1], "?")), text)


class BadRequest(ApiError):
    """The request cannot be read."""

    status = 400
    en = "The request cannot be read: {reason}."
    zh = "无法读取请求：{reason}。"


class Unauthenticated(ApiError):
    """Neither a cookie nor a token that opens something came with the call."""

    status = 401
    en = "The call brought no key. In a browser, open / first; from a program, send a token: Authorization: Bearer ..."
    zh = "调用未附带密钥。在浏览器中请先打开 /；在程序中请附带令牌：Authorization: Bearer ..."


class Forbidden(ApiError):
    """The caller may not do this."""

    status = 403
    en = "This caller may not do that: {reason}."
    zh = "无权执行此操作：{reason}。"


class ForeignOrigin(ApiError):
    """A page of another site made the call."""

    status = 403
    en = "Calls from the pages of another site are refused. Call from a page of this server."
    zh = "拒绝来自其他网站页面的调用。请从本服务器的页面发起调用。"


class NotFound(ApiError):
    """What was asked for is not in this workspace, or the workspace is not the caller's."""

    status = 404
    en = "There is no such {what} here. It may have been deleted, or belong to another workspace."
    zh = "这里没有该{what_zh}。它可能已被删除，或属于另一个工作区。"

    def __init__(self, what: str = "workspace", **facts: JsonValue) -> None:
        super().__init__(**{"what": what, "what_zh": _NOUNS.get(what, what), **facts})


_NOUNS = {
    "workspace": "工作区",
    "conversation": "对话",
    "message": "消息",
    "task": "任务",
    "model": "模型",
    "page": "页面",
    "token": "令牌",
    "file": "文件",
    "upload": "上传",
    "item": "条目",
    "script": "脚本",
}


class UnknownMethod(ApiError):
    """No method of that name is served at this door."""

    status = 404
    en = "There is no method of that name. The methods stand in docs/reference."
    zh = "没有该名称的方法。方法列表见 docs/reference。"


class MethodNotAllowed(ApiError):
    """The HTTP verb is not one of this address."""

    status = 405
    en = "This address takes {allow} only."
    zh = "此地址只接受 {allow}。"


class RequestTimeout(ApiError):
    """The request's body did not come in time."""

    status = 408
    en = "The request took too long to arrive. Send it again."
    zh = "请求传输超时。请重新发送。"


class Conflict(ApiError):
    """Someone else changed it first."""

    status = 409
    en = "It was changed in the meantime: it now has version {version}. Read it again and repeat your change."
    zh = "内容已被更改，当前版本为 {version}。请重新读取后再修改。"


class AlreadyRunning(ApiError):
    """The conversation is being answered already."""

    status = 409
    en = "An answer is still being written. Stop it, or wait until it ends."
    zh = "仍在生成回答。请先停止，或等待其结束。"


class NotWaiting(ApiError):
    """The task asks no question now."""

    status = 409
    en = "This task is {state} and asks nothing. Look at it again."
    zh = "此任务当前为 {state}，没有等待回答的问题。请重新查看。"


class NotRetriable(ApiError):
    """The task cannot be done anew."""

    status = 409
    en = "Only a failed or cancelled task can be done anew, and not one of kind {kind}."
    zh = "只有失败或已取消的任务可以重做，且 {kind} 类任务不支持重做。"


class StillRunning(ApiError):
    """A call with this idempotency key is under way."""

    status = 409
    en = "The same call is still under way. Repeat it in {retry_after} s with the same key to get its answer."
    zh = "相同的调用仍在进行。请在 {retry_after} 秒后用同一个键重试，以取得其回答。"

    def __init__(self, retry_after: int = 1, **facts: JsonValue) -> None:
        super().__init__(retry_after=retry_after, **facts)


class ShownOnce(ApiError):
    """A call with this idempotency key was done, and its answer held a secret."""

    status = 409
    en = "That was done with this key already, and its answer is shown only once. Delete what it made, and begin anew."
    zh = "使用此键的调用已经完成，其回答只显示一次。请删除其结果后重新开始。"


class TooLarge(ApiError):
    """More bytes than the place takes."""

    status = 413
    en = "That is too large: at most {max_bytes} bytes are taken."
    zh = "内容过大：最多 {max_bytes} 字节。"


class QuotaExceeded(ApiError):
    """The workspace's files would have more bytes than they may."""

    status = 413
    en = "There is no room for that: {used_bytes} of {max_bytes} bytes are used. Delete files first."
    zh = "空间不足：已使用 {used_bytes} / {max_bytes} 字节。请先删除一些文件。"


class UnsupportedMediaType(ApiError):
    """The body is not JSON by its own word."""

    status = 415
    en = "Send the arguments as JSON, with Content-Type: application/json."
    zh = "请以 JSON 发送参数，并设置 Content-Type: application/json。"


class KeyReused(ApiError):
    """The idempotency key belongs to a call of another method, or with other arguments."""

    status = 422
    en = "This idempotency key was used for another call. Take a new key for a new call."
    zh = "此幂等键已用于另一次调用。新的调用请使用新的键。"


class MisdirectedRequest(ApiError):
    """The Host header names another machine."""

    status = 421
    en = "This server does not answer for that host name. Add it to STUDIOLO_ALLOWED_HOSTS if it should."
    zh = "本服务器不响应该主机名。如需启用，请将其加入 STUDIOLO_ALLOWED_HOSTS。"


class InvalidArguments(ApiError):
    """An argument is missing, unknown or of the wrong type; `problems` maps each to its reason."""

    status = 422
    en = "These arguments do not fit: {summary}."
    zh = "参数不符合要求：{summary}。"

    def __init__(self, problems: Mapping[str, str] | None = None, **facts: JsonValue) -> None:
        found: Any = dict(problems or facts.pop("problems", {}) or {})  # type: ignore[arg-type]
        facts.pop("summary", None)
        super().__init__(problems=found, summary="; ".join(f"{name}: {why}" for name, why in found.items()), **facts)


class TooManyCalls(ApiError):
    """This visitor has too many calls under way."""

    status = 429
    en = "Too many calls of this workspace are waiting. Try again in {retry_after} s."
    zh = "此工作区等待中的调用过多。请在 {retry_after} 秒后重试。"

    def __init__(self, retry_after: int = 1, **facts: JsonValue) -> None:
        super().__init__(retry_after=retry_after, **facts)


class TooManyTasks(TooManyCalls):
    """Too many tasks have not ended: of this workspace, of this kind, or of all."""

    en = "{place} tasks are open, and at most {limit} may be. Cancel one, or try again in {retry_after} s."
    zh = "已有 {place} 个未结束的任务，上限为 {limit} 个。请等待其中一个结束或取消一个，{retry_after} 秒后重试。"


class InternalError(ApiError):
    """A defect; the log has it under the request id."""

    status = 500
    en = "Something broke in the server. It is logged under this request's id; try again."
    zh = "服务器内部出错，已按请求编号记录。请重试。"


class Unavailable(ApiError):
    """The store does not answer at the moment."""

    status = 503
    en = "The store is busy or full. Try again in {retry_after} s."
    zh = "存储繁忙或已满。请在 {retry_after} 秒后重试。"

    def __init__(self, retry_after: int = 2, **facts: JsonValue) -> None:
        super().__init__(retry_after=retry_after, **facts)


class Unhealthy(ApiError):
    """A part without which nothing works has failed; `checks` has all of them."""

    status = 503
    en = "These parts of the server have failed: {failed}. Look at the checks, and into the log."
    zh = "服务器的以下部分出现故障：{failed}。请查看检查结果和日志。"

    def __init__(self, failed: str = "database", **facts: JsonValue) -> None:
        super().__init__(failed=failed, **facts)


class SessionBusy(Unavailable):
    """Another call of the same workspace holds its data."""

    en = "Another call of this workspace has held its data for too long. Try again in {retry_after} s."
    zh = "此工作区的另一个调用占用数据过久。请在 {retry_after} 秒后重试。"


class DeadlinePassed(ApiError):
    """The task did not end in the time it had."""

    status = 504
    en = "It did not end in the time it had. Do it anew, with more time or less to do."
    zh = "未能在规定时间内完成。请延长时间或减少工作量后重做。"


class NeededTaskFailed(ApiError):
    """A task that this one waited for was not completed."""

    status = 424
    en = "A task that this one needs was not completed. Do that one anew first."
    zh = "此任务所依赖的任务未完成。请先重做那个任务。"


class Interrupted(ApiError):
    """The server stopped while it did the work."""

    status = 503
    en = "The server stopped while this was being written. What had come is kept; ask again."
    zh = "生成过程中服务器停止了。已生成的内容已保留，请重新提问。"


class DiskFull(ApiError):
    """The server's disk has no room."""

    status = 507
    en = "The server's disk is full, and nothing was stored. Ask whoever hosts it to make room, then try again."
    zh = "服务器磁盘已满，未存储任何内容。请联系管理员清理空间后重试。"


def of_store(error: StoreUnavailable) -> ApiError:
    """Return the store's trouble as a visitor is told of it."""
    return DiskFull() if isinstance(error, StoreFull) else Unavailable()
