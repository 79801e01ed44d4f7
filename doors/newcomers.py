"""Turns away who comes anew to a listening port, before a connection is made.

A port that is closed resets the connections that wait there to be accepted, and what was sent over them is lost: a
proxy may not send it again elsewhere, since nobody can say whether it was done. So the port first drops whatever asks
for a new connection; those half made come in meanwhile, and when it is closed then, nobody waits there. Who was dropped
asks again after a second, and is refused, which says that nothing was done.
"""

import ctypes
import socket
import struct
import sys

_ATTACH_FILTER = 26  # SO_ATTACH_FILTER, socket(7)
# Linux: Documentation/networking/filter.rst. Of a TCP segment, flags are byte 13, and SYN is 2.
_NO_SYN = (
    (0x30, 0, 0, 13),  # load byte 13
    (0x45, 0, 1, 2),  # where it has the bit 2 go on, else skip one
    (0x06, 0, 0, 0),  # drop it
    (0x06, 0, 0, 0xFFFFFFFF),  # take it
)


def turn_away(listener: socket.socket) -> bool:
    """Drop all who ask for a new connection; False where the system does not know how to, and nothing was changed.

    Whoever else listens at the same socket hears of nobody any more, either.
    """
    if sys.platform != "linux":
        return False
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in _NO_SYN))
    try:
        listener.setsockopt(
            socket.SOL_SOCKET, _ATTACH_FILTER, struct.pack("HP", len(_NO_SYN), ctypes.addressof(program))
        )
    except OSError:
        return False
    return True
