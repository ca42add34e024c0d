"""``tuco-mock replay``: run recordings again and compare."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tuco_mock.cli.ending import tell


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path))
def replay(files: tuple[Path, ...]) -> None:
    """Run the recordings in FILES again, as `pytest --tuco-record` wrote them, and print what came out otherwise.

    Exit code 0 when all is as it was, 1 when something differs, 2 when a file is no recording.
    """
    from tuco_mock.contract.replay import read_recording
    from tuco_mock.contract.replay import replay as run
    from tuco_mock.domain.errors import InvalidInput

    code = 0
    for file in files:
        try:
            recording = read_recording(file.read_bytes())
        except OSError as error:
            code = tell(f"{file}: {error.strerror}")
            continue
        except InvalidInput as error:
            code = tell("\n  ".join((f"{file} can't be replayed:", *map(str, error.mistakes))))
            continue
        found = run(recording)
        code = max(code, 1) if found else code
        for difference in found:
            click.echo(f"{file}: {difference.number} {difference.call}: {difference.told}")
        if not found:
            click.echo(f"{file}: {len(recording.records)} calls, all as they were")
    sys.exit(code)
