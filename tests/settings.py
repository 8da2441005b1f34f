"""The product's settings for the tests: a throwaway home, and nothing that only costs time."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

HOME = tempfile.mkdtemp(prefix="openipt-tests-")
atexit.register(shutil.rmtree, HOME, ignore_errors=True)

os.environ["OPENIPT_HOME"] = HOME
os.environ["OPENIPT_MODE"] = "demo"
os.environ.pop("OPENIPT_CLOCK", None)
os.environ.pop("OPENIPT_CLOCK_FILE", None)

from openipt.web.settings import *  # noqa: E402, F403
from openipt.web.settings import DATABASES  # noqa: E402

OPTIONS = DATABASES["default"].get("OPTIONS", {})
if "init_command" in OPTIONS:
    OPTIONS["init_command"] = OPTIONS["init_command"].replace("synchronous=FULL", "synchronous=NORMAL")

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, as in the service: in memory all threads of a live server would share one connection.
    DATABASES["default"]["TEST"] = {"NAME": os.path.join(HOME, "test.sqlite3")}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose
ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]  # noqa: F405
