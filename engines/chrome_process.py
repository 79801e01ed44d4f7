"""A started Chrome, and the two pipes by which alone it is told what to do: no port of the machine leads to it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from launch import words_for_others

PIPE_SIZE = 1_048_576  # Linux gives 64 KiB, less than one picture
_READS, _WRITES = 3, 4  # the browser's numbers for its ends: --remote-debugging-pipe


@dataclass(frozen=True, slots=True)
class Started:
    """A browser's process, and our ends of its pipes."""

    pid: int
    to_browser: int
    from_browser: int


def start_chrome(command: list[str]) -> Started:
    """Start it. Raises OSError."""
    its_input, to_browser = os.pipe()
    from_browser, its_output = os.pipe()
    try:
        pid = _spawn(command, its_input, its_output)
    except OSError:
        os.close(to_browser)
        os.close(from_browser)
        raise
    finally:
        os.close(its_input)
        os.close(its_output)
    return Started(pid, to_browser, from_browser)


if sys.platform == "win32":

    def _spawn(command: list[str], its_input: int, its_output: int) -> int:
        import msvcrt

        handles = [msvcrt.get_osfhandle(its_input), msvcrt.get_osfhandle(its_output)]
        for handle in handles:
            os.set_handle_inheritable(handle, True)
        started = subprocess.STARTUPINFO(lpAttributeList={"handle_list": handles})
        pipes = f"--remote-debugging-io-pipes={handles[0]},{handles[1]}"
        kept: dict[str, Any] = {"startupinfo": started, "creationflags": subprocess.CREATE_NO_WINDOW}
        return subprocess.Popen([*command, pipes], env=words_for_others(), close_fds=True, **kept).pid

else:

    def _spawn(command: list[str], its_input: int, its_output: int) -> int:
        # subprocess would need a function of ours between fork and exec, which is not safe beside threads.
        import fcntl

        nothing = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in range(3)]
        high = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in (its_input, its_output)]
        if sys.platform == "linux":
            for one in high:
                fcntl.fcntl(one, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
        ends = [(os.POSIX_SPAWN_DUP2, one, number) for one, number in zip(high, (_READS, _WRITES), strict=True)]
        apart: dict[str, Any] = {"setsid": True} if sys.platform == "linux" else {"setpgroup": 0}
        try:
            return os.posix_spawn(command[0], command, words_for_others(), file_actions=[*nothing, *ends], **apart)
        finally:
            for one in high:
                os.close(one)
