"""Django's settings, derived from `web.environment` and nothing else."""

from __future__ import annotations

import secrets
from datetime import timedelta
from pathlib import Path

from openipt.web import environment

ENVIRONMENT = environment.read()
HERE = Path(__file__).resolve().parent


def _secret(name: str) -> str:
    """A random secret kept in the service's home, made on first use and readable by its owner only."""
    path = ENVIRONMENT.home / "keys" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            with path.open("x") as file:
                path.chmod(0o600)
                file.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass  # another process of this service was faster
    return path.read_text().strip()


SECRET_KEY = _secret("web.key")
DEBUG = False
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "axes",
    "openipt.records",
    "openipt.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "openipt.web.middleware.SeparateSessions",
    "openipt.web.middleware.SmallForms",  # before the form's token is looked for in its body
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "openipt.web.middleware.PrivatePages",
    "openipt.web.middleware.PersonErrors",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "openipt.web.urls"
WSGI_APPLICATION = "openipt.web.wsgi.application"
AUTH_USER_MODEL = "records.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "openipt.web.signed_in.Logins",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False  # its log lines would name logins

DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "openipt.web.templating.Jinja2",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {"environment": "openipt.web.jinja.environment", "autoescape": True},
    },
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
STATIC_ROOT = ENVIRONMENT.home / "static"
STORAGES = {
    "staticfiles": {"BACKEND": "openipt.web.static_files.OneSheetStorage"},
}
# A file is looked for when it is asked for. `openipt serve` lays all out, compressed, and then looks nowhere else.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

USE_TZ = True
TIME_ZONE = ENVIRONMENT.time_zone
LANGUAGE_CODE = "en"
USE_I18N = False

SESSION_ENGINE = "openipt.web.signed_in"
SESSION_COOKIE_NAME = "openipt_staff"  # client pages have their own: middleware.SeparateSessions
CSRF_COOKIE_NAME = "openipt_staff_form"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
CSRF_FAILURE_VIEW = "openipt.web.errors.csrf_failed"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.https else 0

DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"no-words": {"()": "openipt.web.logs.WithoutWords"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "no-words"}},
    "loggers": {
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "openipt": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
