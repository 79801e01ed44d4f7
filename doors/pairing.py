"""Pairing links: `/pair/<word>` lets one browser in, once. A false, used or old word is the one 404."""

from flask import Blueprint
from werkzeug.wrappers import Response as BaseResponse

from doors.cookies import WindowMark
from doors.entrance import Entrance
from doors.page_files import PageMaker
from doors.pages import mint, not_found, set_key, to_page
from sessions.keys import BrowserKeys
from sessions.pairing import Pairings


def pairing_blueprint(entrance: Entrance, maker: PageMaker, pairings: Pairings, mark: WindowMark) -> Blueprint:
    """Return the one route of pairing links."""
    blueprint = Blueprint("pairing", __name__)

    @blueprint.get("/pair/<word>")
    def open_pairing(word: str) -> BaseResponse:
        pairing = pairings.take(word)
        if pairing is None:
            return not_found(maker)
        keys = BrowserKeys(key=pairing.key)
        last = entrance.keeper.last_used(keys)
        response = to_page(last) if last else mint(entrance, keys)
        set_key(response, pairing.key)
        if pairing.is_window:
            mark.put_on(response)
        return response

    return blueprint
