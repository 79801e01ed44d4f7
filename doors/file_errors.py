"""What only the protocols of the file door know: tus, ranges and conditions."""

from api.errors import ApiError


class OtherTusVersion(ApiError):
    """The request speaks another version of tus, or none."""

    of_calls = False
    status = 412
    en = "Uploads go by tus 1.0.0. Send the header Tus-Resumable: 1.0.0."
    zh = "上传使用 tus 1.0.0 协议。请发送请求头 Tus-Resumable: 1.0.0。"


class NotFitting(ApiError):
    """The file is not the one that If-Match asks for."""

    of_calls = False
    status = 412
    en = "The file has other bytes than If-Match asks for. Read it from the start."
    zh = "文件内容与 If-Match 要求的不一致。请从头读取。"


class NotBytes(ApiError):
    """The body of an upload is not declared as bytes."""

    of_calls = False
    status = 415
    en = "Send the bytes with Content-Type: application/offset+octet-stream."
    zh = "请以 Content-Type: application/offset+octet-stream 发送字节。"


class OutOfRange(ApiError):
    """The range begins behind the file's end."""

    of_calls = False
    status = 416
    en = "The file has {size} bytes; the range asked for begins behind them. Ask for one within."
    zh = "文件共有 {size} 字节，请求的范围超出其末尾。请在范围内请求。"


class ChecksumMismatch(ApiError):
    """The bytes came changed."""

    of_calls = False
    status = 460
    en = "The bytes are not those of the checksum, and were dropped. Send them again."
    zh = "字节与校验和不符，已被丢弃。请重新发送。"
