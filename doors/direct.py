"""The short way for calls: past the router and its middleware, which cost a call as much as the call itself."""

from starlette.types import ASGIApp, Receive, Scope, Send

from doors.wsgi import CALLS


class Direct:
    """ASGI application that hands calls straight to one application, and all else to another."""

    def __init__(self, calls: ASGIApp, others: ASGIApp) -> None:
        self._calls = calls
        self._others = others

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        is_call = scope["type"] == "http" and scope["path"].startswith(CALLS)
        await (self._calls if is_call else self._others)(scope, receive, send)
