"""Letters that come in two pieces, put together."""

import codecs
from collections import defaultdict


class Letters:
    """Joins the halves of letters: some model servers cut their text by UTF-16 units, and an emoji has two of them.

    Half a letter cannot be stored or sent. One that stays alone becomes U+FFFD.
    """

    def __init__(self) -> None:
        make = codecs.getincrementaldecoder("utf-16-le")
        self._decoders: defaultdict[str, codecs.IncrementalDecoder] = defaultdict(lambda: make("replace"))

    def add(self, kind: str, text: str) -> str:
        """Return the whole letters so far of one kind of text; a half is kept back until the next piece of its kind."""
        return self._decoders[kind].decode(text.encode("utf-16-le", "surrogatepass"))
