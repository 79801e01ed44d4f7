"""The words that move data: `python main.py backup`, `restore` and `db upgrade|check|copy`.

What was asked for goes to stdout, everything else to stderr. None of them starts a part of the server.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from loguru import logger
from pydantic_core import to_json

from settings import Settings, SettingsError, load_settings
from store.backup import make_backup
from store.backup_folder import DATABASE, DataPlace
from store.checking import Check, check_data
from store.copying import At, copy_database, is_in_use, name_of
from store.database import StoreFull, StoreUnavailable
from store.drafts import MoveRefused, in_mb, refuse_half_restored
from store.restoring import restore_backup
from store.upgrading import upgrade

DONE, REFUSED, MISUSED, UNREACHABLE, NOT_WHOLE = 0, 1, 2, 3, 4
STOPPED = 130
BACKUPS = Path("backups")
EPILOG = (
    "Exit codes: 0 done, 1 refused or a fault was found, 2 wrong words, 3 the data cannot be reached, 4 saved, but "
    "some files' bytes were missing before. Settings: STUDIOLO_DATA_DIR, STUDIOLO_DATABASE_URL."
)
POSTGRES = ("postgresql://", "postgres://")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the words in one sentence."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(f"{self.prog}: {message}. See `{self.prog} --help`.")


def main(arguments: Sequence[str]) -> int:
    """Run one of the words, which comes first; answers the exit code."""
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    try:
        options = make_parser().parse_args(arguments)
        run: Callable[[argparse.Namespace, Settings], int] = options.run
        return run(options, load_settings())
    except ValueError as error:
        return _stopped(str(error), MISUSED)
    except MoveRefused as error:
        return _stopped(str(error), REFUSED)
    except StoreFull as error:
        return _stopped(f"There is no room: {error}. Nothing was kept; make room and try again.", REFUSED)
    except (StoreUnavailable, SettingsError, OSError) as error:
        return _stopped(str(error), UNREACHABLE)
    except KeyboardInterrupt:
        return _stopped("Stopped. Nothing was kept.", STOPPED)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of all the words."""
    parser = _Parser(prog="main.py")
    words = parser.add_subparsers(metavar="WORD", required=True)
    backup = _add(words, "backup", _backup, "Save all data as a new folder; the server may go on working.")
    backup.add_argument("into", nargs="?", type=Path, default=BACKUPS, metavar="FOLDER", help="unset: backups")
    restore = _add(words, "restore", _restore, "Bring back a backup, onto an empty data folder and database.")
    restore.add_argument("source", type=Path, metavar="FOLDER", help="a folder that `backup` made")
    _add_db(words.add_parser("db", help="look after the database").add_subparsers(metavar="WORD", required=True))
    return parser


def _add_db(words: Any) -> None:
    _add(words, "upgrade", _upgrade, "Bring the database to the shape of this version; a start does so, too.")
    check = _add(
        words, "check", _check, "Look whether rows, files and indexes are whole; the server may go on working."
    )
    check.add_argument("--deep", action="store_true", help="read the bytes of all files, too")
    check.add_argument("--json", action="store_true", help="answer JSON")
    copy = _add(words, "copy", _copy, "Copy all rows between SQLite and PostgreSQL, and compare both sides.")
    place = "a SQLite file, or postgresql://user:password@host/name"
    copy.add_argument("--from", dest="source", metavar="PLACE", help=f"{place}; unset: the database in use")
    copy.add_argument("--to", dest="target", metavar="PLACE", required=True, help=f"{place}; it must be empty")
    copy.add_argument(
        "--anyway", action="store_true", help="while a server works: what it writes meanwhile stays behind"
    )


def _add(
    words: Any, name: str, run: Callable[[argparse.Namespace, Settings], int], text: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = words.add_parser(name, help=text, description=text, epilog=EPILOG)
    parser.set_defaults(run=run)
    if name != "check":
        parser.add_argument("--quiet", action="store_true", help="do not tell how far it is")
    return parser


def _backup(options: argparse.Namespace, settings: Settings) -> int:
    place = _whole_place(settings)
    made = make_backup(place, options.into, _teller(options))
    manifest = made.manifest
    num_rows = sum(table.rows for table in manifest.tables.values())
    _tell(f"saved {num_rows:,} rows and {manifest.num_blobs:,} files' bytes ({in_mb(manifest.num_blob_bytes)})")
    if settings.secret_key:
        _tell("STUDIOLO_SECRET_KEY is set and not in the backup: keep it, too.")
    _say(str(made.path))
    if manifest.missing:
        return _stopped(
            f"The bytes of {len(manifest.missing)} files were missing or altered before, and are not in the backup: "
            "`python main.py db check --deep` names them.",
            NOT_WHOLE,
        )
    return DONE


def _restore(options: argparse.Namespace, settings: Settings) -> int:
    place = _place(settings)
    manifest = restore_backup(options.source, place, _teller(options))
    _tell(f"restored what was saved at {manifest.made_at} by Studiolo {manifest.studiolo}; all checksums are equal")
    if "secret.key" not in manifest.keys:
        _tell("The backup holds no secret.key: set the STUDIOLO_SECRET_KEY that was set when it was made.")
    if manifest.missing:
        _tell(f"The bytes of {len(manifest.missing)} files were missing when it was made; `db check` names them.")
    _say(str(place.folder))
    return DONE


def _upgrade(options: argparse.Namespace, settings: Settings) -> int:
    place = _whole_place(settings)
    _teller(options)(f"looking at {name_of(place.database)}")
    before, after = upgrade(place.database)
    if before == after:
        _say(f"{name_of(place.database)} stands at {after}: nothing was to be done")
    else:
        _say(f"{name_of(place.database)} was brought from {before or 'nothing'} to {after}")
    return DONE


def _check(options: argparse.Namespace, settings: Settings) -> int:
    report = check_data(_whole_place(settings), is_deep=options.deep)
    if options.json:
        _say(to_json({**asdict(report), "is_whole": report.is_whole}, indent=2).decode())
    else:
        _say(f"{report.database} stands at {report.revision}")
        for check in report.checks:
            _say_check(check)
    return DONE if report.is_whole else REFUSED


def _say_check(check: Check) -> None:
    _say(f"{check.name}: {check.num:,}, {f'{check.num_faults:,} WRONG' if check.num_faults else 'right'}")
    for fault in check.faults:
        _say(f"  {fault}")
    if check.num_faults > len(check.faults):
        _say(f"  and {check.num_faults - len(check.faults):,} more")


def _copy(options: argparse.Namespace, settings: Settings) -> int:
    source = _at(options.source) if options.source else _whole_place(settings).database
    target = _at(options.target)
    if isinstance(source, str) or source.is_file():
        _refuse_use(source, options)
    copied = copy_database(source, target, _teller(options))
    _say(f"copied {copied.num_rows:,} rows of {len(copied.sums)} tables; both sides have equal checksums")
    if copied.num_replaced:
        _tell(f"{copied.num_replaced:,} texts held U+0000, which PostgreSQL cannot keep: it is U+FFFD there.")
    return DONE


def _refuse_use(source: At, options: argparse.Namespace) -> None:
    if not options.anyway and is_in_use(source):
        raise MoveRefused(
            f"{name_of(source)} is used by a server or worker: what it writes from now on would stay behind. Stop it "
            "first, or say --anyway."
        )


def _place(settings: Settings) -> DataPlace:
    return DataPlace(folder=settings.data_dir, database=settings.database_url or settings.data_dir / DATABASE)


def _whole_place(settings: Settings) -> DataPlace:
    refuse_half_restored(settings.data_dir)
    return _place(settings)


def _at(word: str) -> At:
    return word if word.startswith(POSTGRES) else Path(word)


def _teller(options: argparse.Namespace) -> Callable[[str], None]:
    return (lambda _sentence: None) if options.quiet else _tell


def _tell(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _stopped(sentence: str, exit_code: int) -> int:
    _tell(sentence)
    return exit_code
