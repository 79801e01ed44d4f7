"""What can go wrong with an upload on its way; met at the file door only, so calls do not list it."""

from api.errors import ApiError


class WrongOffset(ApiError):
    """The bytes do not begin where the last ones ended."""

    of_calls = False
    status = 409
    en = "The next byte of this upload is number {offset}. Send from there on."
    zh = "此上传的下一个字节是第 {offset} 个。请从该处继续发送。"


class UploadExpired(ApiError):
    """Nobody sent to the upload for too long."""

    of_calls = False
    status = 410
    en = "This upload waited too long and is gone. Create it anew."
    zh = "此上传等待过久，已被移除。请重新创建。"


class UploadBusy(ApiError):
    """Another connection sends the same upload."""

    of_calls = False
    status = 423
    en = "Another connection sends this upload. Try again in {retry_after} s."
    zh = "另一个连接正在发送此上传。请在 {retry_after} 秒后重试。"

    def __init__(self, retry_after: int = 1, **facts: int) -> None:
        super().__init__(retry_after=retry_after, **facts)
