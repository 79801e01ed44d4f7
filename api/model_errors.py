"""What can go wrong at a model server, as the visitor reads it: which server, why, and what to do. One class for each
error of providers/base.py, under the same name."""

from api.errors import ERRORS, ApiError
from providers.base import ProviderError


class ModelError(ApiError):
    """Any trouble with a model server; facts: server, reason, next."""

    status = 502
    en = "The model server “{server}” failed: {reason}"
    zh = "模型服务器“{server}”出错：{reason}"


class ModelUnreachable(ModelError):
    """Nothing answers at its address."""

    en = "The model server “{server}” does not answer. Start it, or check STUDIOLO_MODEL_URL; then ask again."
    zh = "模型服务器“{server}”的地址没有响应。请启动它或检查 STUDIOLO_MODEL_URL，然后重新提问。"


class ModelTimeout(ModelError):
    """It keeps silent for too long."""

    status = 504
    en = "The model server “{server}” kept silent for too long. Ask again, or choose a quicker model."
    zh = "模型服务器“{server}”长时间没有响应。请重新提问，或选择更快的模型。"


class ModelRefused(ModelError):
    """It refuses the key."""

    en = "The model server “{server}” refuses the key. Check STUDIOLO_MODEL_KEY, then ask again."
    zh = "模型服务器“{server}”拒绝了密钥。请检查 STUDIOLO_MODEL_KEY，然后重新提问。"


class ModelPaymentRequired(ModelError):
    """Its account is used up."""

    status = 402
    en = "The account at the model server “{server}” is used up. Top it up there, or choose another model."
    zh = "模型服务器“{server}”的账户额度已用尽。请充值，或选择其他模型。"


class ModelNotFound(ModelError):
    """It does not have the model."""

    status = 404
    en = "The model server “{server}” does not have this model. Choose another one."
    zh = "模型服务器“{server}”没有该模型。请选择其他模型。"


class ModelBusy(ModelError):
    """It has too much to do."""

    status = 503
    en = "The model server “{server}” has too much to do at the moment. Wait a little, then ask again."
    zh = "模型服务器“{server}”目前过于繁忙。请稍候再重新提问。"


class ModelBadRequest(ModelError):
    """It does not take the question as it is."""

    status = 422
    en = "The model server “{server}” does not take this question: {reason} Shorten it, or begin a new conversation."
    zh = "模型服务器“{server}”不接受该问题：{reason} 请缩短问题，或开始新对话。"


class ModelFailed(ModelError):
    """It broke in the middle."""

    en = "The model server “{server}” broke off: {reason} Ask again, or choose another model."
    zh = "模型服务器“{server}”中途出错：{reason} 请重新提问，或选择其他模型。"


class ModelNotInstalled(ModelError):
    """The local model is not on this machine."""

    status = 503
    en = "This machine's model is not installed. Run `python main.py setup`, or set STUDIOLO_MODEL_URL; then ask again."
    zh = "本机模型尚未安装。请运行 `python main.py setup`，或设置 STUDIOLO_MODEL_URL，然后重新提问。"


class NoModel(ModelError):
    """No model is set up at all."""

    status = 503
    en = "No model is set up. Set STUDIOLO_MODEL_URL, or leave STUDIOLO_LOCAL_MODEL on; then ask again."
    zh = "尚未配置任何模型。请设置 STUDIOLO_MODEL_URL，或启用 STUDIOLO_LOCAL_MODEL，然后重新提问。"


def as_api_error(error: ProviderError) -> ApiError:
    """Return a provider's error as a visitor reads it: the class of the same name in this file."""
    facts = {"reason": error.reason, "server": error.server, "status": error.status, "detail": error.detail}
    known = {name: value for name, value in facts.items() if value not in (None, "")}
    if error.retry_after is not None:
        known["retry_after"] = max(1, round(error.retry_after))
    return ERRORS.get(error.code, ModelFailed)(**known)
