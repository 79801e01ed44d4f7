"""What can be wrong with a file of items as a whole; a row that does not fit is refused alone and reported."""

from api.errors import ApiError


class BadHeader(ApiError):
    """The first line of a CSV file does not name its columns."""

    status = 422
    en = "The first line must name the columns, each once and one of them title; it reads: {reason}. Save it as UTF-8."
    zh = "首行必须列出各列的名称，每个名称只出现一次，且其中一列为 title；当前内容为：{reason}。请以 UTF-8 保存。"


class NotJson(ApiError):
    """A file that should be JSON is not."""

    status = 422
    en = "The file must be a JSON array of objects or one JSON object a line, in UTF-8: {reason}."
    zh = "文件必须是 JSON 对象数组，或每行一个 JSON 对象，并使用 UTF-8 编码：{reason}。"
