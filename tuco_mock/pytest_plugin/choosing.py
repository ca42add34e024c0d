"""Options and ini settings of the plugin, checked before any test runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import pytest


class Chosen(NamedTuple):
    """What options and ini settings say."""

    url: str | None
    token: str | None
    fixture: str | None
    record: Path | None


_CHOSEN = pytest.StashKey[Chosen]()


def chosen(config: pytest.Config) -> Chosen:
    """What is chosen, checked when it is first asked for.

    Raises:
        pytest.UsageError: there is no such fixture, or nothing can be written where recordings are wanted.
    """
    if _CHOSEN not in config.stash:
        url, token = _setting(config, "tuco_url"), _setting(config, "tuco_control_token")
        config.stash[_CHOSEN] = Chosen(url, token, _fixture(config), _record(config))
    return config.stash[_CHOSEN]


def _setting(config: pytest.Config, name: str) -> str | None:
    """What an option says, else the ini setting of the same name."""
    value: str | None = config.getoption(name) or config.getini(name)
    return value or None


def _record(config: pytest.Config) -> Path | None:
    """The directory of recordings, made if it is not there.

    Raises:
        pytest.UsageError: nothing can be written there.
    """
    value = _setting(config, "tuco_record")
    if value is None:
        return None
    path = _base(config, "tuco_record") / value
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise pytest.UsageError(f"--tuco-record: no directory can be made of {path}: {error.strerror}") from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise pytest.UsageError(f"--tuco-record: nothing may be written in {path}")
    return path


def _base(config: pytest.Config, name: str) -> Path:
    """What a path is relative to: of an option, where pytest was started; of a setting, where the ini file is."""
    if config.getoption(name) or config.inipath is None:
        return config.invocation_params.dir
    return config.inipath.parent


def _fixture(config: pytest.Config) -> str | None:
    """The fixture of all workspaces.

    Raises:
        pytest.UsageError: there is none of that name.
    """
    value = _setting(config, "tuco_fixture")
    if value is None:
        return None
    from tuco_mock.client.errors import FixtureError
    from tuco_mock.client.fixtures import find

    try:
        return str(find(value, [_base(config, "tuco_fixture")]))
    except FixtureError as error:
        raise pytest.UsageError(f"--tuco-fixture: {error}") from error
