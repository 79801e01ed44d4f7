"""The door `mcp` on standard input and output, for the person of this data folder. Nothing but the protocol is written
to standard output: the SDK keeps it for itself and sends what others print to standard error.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

from mcp.server.stdio import stdio_server

from api.api import Api
from api.errors import ApiError
from doors.mcp import Desk, Guest
from doors.mcp_tools import for_one_guest
from doors.own import Build, Errors, OwnParts, open_chosen, own_caller
from doors.threads import CallThreads
from logs import set_up_logs
from sessions.lines import Lines
from settings import load_own_settings

CALLS_AT_ONCE = 8


def main(arguments: Sequence[str], build: Build, start_errors: Errors) -> int:
    """Serve until standard input closes; answers the exit code."""
    parser = argparse.ArgumentParser(prog="main.py mcp", description="Serve the Model Context Protocol on stdio.")
    parser.add_argument("--session", help="UUID of a workspace of this data folder; else the one used last")
    parser.add_argument("--plugin", type=Path, help="folder with api.py of your own")
    options = parser.parse_args(arguments)
    try:
        settings = load_own_settings(**({"plugin": options.plugin} if options.plugin else {}))
        set_up_logs(settings)
        with redirect_stdout(sys.stderr):  # a plugin may print while it is loaded; from then on the SDK sees to it
            parts = build(settings)
        api = open_chosen(parts, options.session)
    except start_errors as error:
        return _stopped(str(error))
    except ApiError as error:
        return _stopped(error.message("en"))
    asyncio.run(_serve(parts, api))
    return 0


def _stopped(reason: str) -> int:
    sys.stderr.write(f"Studiolo does not start: {reason}\n")
    return 1


async def _serve(parts: OwnParts, api: Api) -> None:
    threads = CallThreads(parts.settings.num_threads)
    desk = Desk(methods=parts.entrance.ground.methods.at("mcp"), readers=parts.readers, threads=threads)
    guest = Guest(api=api, caller=own_caller(api, "mcp"), places=((Lines(CALLS_AT_ONCE), "own"),))
    tools = for_one_guest(desk, guest)
    server = tools.server
    parts.readers.start(asyncio.get_running_loop())
    try:
        async with stdio_server() as (read, write):
            await asyncio.to_thread(parts.start)
            threads.start()
            await server.run(read, write, server.create_initialization_options())
        await tools.calls.finish()
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        await asyncio.to_thread(parts.stop)
