"""Prints the version of OpenIPT."""

from __future__ import annotations

import argparse

from openipt import __version__

help = "print the version"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Takes no arguments."""


def run(args: argparse.Namespace) -> int:
    """Print the version."""
    print(f"openipt {__version__}")
    return 0
