"""Settings of the test suite: the house's own, with quick hashes, tasks run at once and letters kept in memory."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_scratch = Path(tempfile.gettempdir()) / f"wardmote-test-{os.getpid()}"
os.environ.setdefault("WARDMOTE_DATA_DIR", str(_scratch))
os.environ.setdefault("WARDMOTE_SECRET_KEY", "only-for-tests")
os.environ.setdefault("WARDMOTE_PRIVATE_ADDRESSES", "1")
# Off, so that a test signs an officer in by one line; tests/accounts switches it on.
os.environ.setdefault("WARDMOTE_SECOND_FACTOR", "0")

from wardmote.settings import *  # noqa: E402, F403
from wardmote.settings import CONFIG, DATABASES  # noqa: E402

# The quickest reader: what is kept and shown is the same for all. Tests of the others ask for them.
CONFIG = CONFIG.model_copy(update={"reader_tier": "lexicon"})

# A file, not memory: threads and processes of one test must see one database. Each run of the suite has its own.
_scratch.mkdir(exist_ok=True)
atexit.register(shutil.rmtree, _scratch, ignore_errors=True)
IS_SQLITE = "sqlite3" in DATABASES["default"]["ENGINE"]
DATABASES["default"]["TEST"] = {"NAME": _scratch / "test.sqlite3" if IS_SQLITE else f"test_wardmote_{os.getpid()}"}
if IS_SQLITE:
    # A test database need not survive a power cut: waiting for the disk made the suite several times slower.
    DATABASES["default"]["OPTIONS"]["init_command"] = (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA foreign_keys=ON;"
    )
else:
    DATABASES["default"]["OPTIONS"] = {"options": "-c synchronous_commit=off"}
# Threads that outlive a test must not hold its database open.
DATABASES["default"]["CONN_MAX_AGE"] = ROOM_CONNECTION_SECONDS = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
ALLOWED_HOSTS = ["*"]
