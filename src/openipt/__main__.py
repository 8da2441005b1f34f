"""`python -m openipt` is the same as `openipt`."""

from __future__ import annotations

import sys

from openipt.cli.main import main

sys.exit(main())
