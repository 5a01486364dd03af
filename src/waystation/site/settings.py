"""Settings: what is declared in ``declared``, and how Django is told of it; every default works on a laptop."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from waystation.site.declared import value
from waystation.site.watching.logs import logging_of

WAYSTATION_HOME = Path(value("WAYSTATION_HOME")).resolve()
WAYSTATION_ENGINE = value("WAYSTATION_ENGINE")
WAYSTATION_DEMO = value("WAYSTATION_DEMO") == "1"
WAYSTATION_METRICS_TOKEN = value("WAYSTATION_METRICS_TOKEN")
WAYSTATION_DISK_ROOM = int(value("WAYSTATION_DISK_ROOM"))
WAYSTATION_BACKUP_EVERY = value("WAYSTATION_BACKUP_EVERY")
WAYSTATION_BACKUP_FOLDER = value("WAYSTATION_BACKUP_FOLDER")
WAYSTATION_BACKUP_KEEP = int(value("WAYSTATION_BACKUP_KEEP"))
WAYSTATION_BACKUP_PASSPHRASE = value("WAYSTATION_BACKUP_PASSPHRASE")
ORGANISATION = value("WAYSTATION_ORGANISATION")

PACKAGE = Path(__file__).resolve().parent.parent


def _secret_key() -> str:
    """Django's key, from the data folder; made whole before it is put in place, so two starts at once agree."""
    path = WAYSTATION_HOME / "keys" / "django.key"
    if not WAYSTATION_HOME.exists():  # nothing is made by merely asking for help
        return os.urandom(32).hex()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(os.urandom(32).hex())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        fresh.unlink()
    return path.read_text().strip()


def _database() -> dict[str, Any]:
    url = urlsplit(value("DATABASE_URL"))
    if url.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(url.path.lstrip("/")),
            "USER": unquote(url.username or ""),
            "PASSWORD": unquote(url.password or ""),
            "HOST": unquote(url.hostname or ""),
            "PORT": str(url.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": WAYSTATION_HOME / "waystation.sqlite3",
        # a file, because tests write from several threads
        "TEST": {"NAME": Path(tempfile.gettempdir()) / f"waystation-test-{os.getpid()}.sqlite3"},
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: what was acknowledged survives a power cut (NORMAL may lose the last commits)
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=268435456;"
            "PRAGMA cache_size=-65536; PRAGMA foreign_keys=ON",
        },
    }


SECRET_KEY = _secret_key()
DEBUG = False
LOGGING = logging_of(value("WAYSTATION_LOG"), value("WAYSTATION_LOG_LEVEL"))
# this machine's own names always, so that those who watch the house from beside it are answered
ALLOWED_HOSTS = [*filter(None, value("WAYSTATION_HOSTS").split(",")), "localhost", "127.0.0.1", "[::1]"]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "kernel.Actor"

INSTALLED_APPS = [
    "waystation.kernel",
    "waystation.hall.wording",
    "waystation.hall.hooks",
    "waystation.hall.entry",
    "waystation.hall.finding",
    "waystation.hall.notes",
    "waystation.hall.notices",
    "waystation.apps.places",
    "waystation.apps.naming",
    "waystation.apps.counting",
    "waystation.apps.tracking",
    "waystation.apps.sources",
    "waystation.apps.exchange",
    "waystation.apps.reference",  # after ours, so that figures are listed with our own numbers first
    "waystation.surfaces.web",
    "waystation.surfaces.rest",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
]
MIDDLEWARE = [
    "waystation.site.watching.requests.watched",
    "django.middleware.security.SecurityMiddleware",
    "waystation.surfaces.web.middleware.guarded",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "waystation.surfaces.web.middleware.worded",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "waystation.surfaces.web.middleware.asking",
    "waystation.surfaces.web.ways.second.proven",
    "axes.middleware.AxesMiddleware",
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "waystation.surfaces.web.ways.second.SecondStep",
]
_CHECKS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": f"{_CHECKS}.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name", "email")},
    },
    {"NAME": f"{_CHECKS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_CHECKS}.CommonPasswordValidator"},
    {"NAME": "waystation.hall.entry.rules.NoHouseWords"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_SENSITIVE_PARAMETERS = ["code", "credential"]  # besides the password: never kept with a try
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "waystation.surfaces.web.entering.locked_out"
AXES_HTTP_RESPONSE_CODE = 429

ADDRESS = value("WAYSTATION_ADDRESS").rstrip("/")
INVITATION_HOURS = int(value("WAYSTATION_INVITATION_HOURS"))
TRIES_DAYS = int(value("WAYSTATION_TRIES_DAYS"))
SECOND_STEP = [one for one in value("WAYSTATION_SECOND_STEP").split(",") if one]
PROVIDER = value("WAYSTATION_PROVIDER").rstrip("/")
PROVIDER_CLIENT = value("WAYSTATION_PROVIDER_CLIENT")
PROVIDER_SECRET = value("WAYSTATION_PROVIDER_SECRET")
PROVIDER_NAME = value("WAYSTATION_PROVIDER_NAME") or urlsplit(PROVIDER).hostname or ""
PROVIDER_NEW_AT = value("WAYSTATION_PROVIDER_NEW_AT")

ROOT_URLCONF = "waystation.site.urls"
WSGI_APPLICATION = "waystation.site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "waystation.surfaces.web.frame.frame",
            ],
        },
    }
]
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # styles and scripts are few and come with the package: nothing to collect
WHITENOISE_MAX_AGE = 24 * 3600  # their addresses carry their edition
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
CSRF_FAILURE_VIEW = "waystation.surfaces.web.errors.stale_form"
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("ar", "العربية"),
    ("zh-hans", "中文"),
    ("en", "English"),
    ("fr", "Français"),
    ("ru", "Русский"),
    ("es", "Español"),
]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_TZ = True
TIME_ZONE = "UTC"
SESSION_ENGINE = "waystation.hall.entry.models"
SESSION_COOKIE_AGE = int(value("WAYSTATION_SESSION_HOURS")) * 3600
SESSION_IDLE_SECONDS = int(value("WAYSTATION_IDLE_MINUTES")) * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600  # said only in answers over https
if value("WAYSTATION_HTTPS") == "1":  # behind a proxy that ends TLS and says so
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"  # no other host may set them
SECURE_HSTS_INCLUDE_SUBDOMAINS = value("WAYSTATION_HSTS_SUBDOMAINS") == "1"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]  # pages take files by their path
UPLOAD_LIMIT_BYTES = 200 * 1024 * 1024
API_RATE = int(value("WAYSTATION_API_RATE"))
API_RATE_PUBLIC = int(value("WAYSTATION_API_RATE_PUBLIC"))
API_IF_MATCH = value("WAYSTATION_API_IF_MATCH") == "1"
API_BODY_BYTES = 1024 * 1024
API_BODY_DEPTH = 20
WEBHOOKS_LOCAL = value("WAYSTATION_WEBHOOKS_LOCAL") == "1"
ATTACHMENT_LIMIT_BYTES = int(value("WAYSTATION_ATTACHMENT_MB")) * 1024 * 1024
DEFAULT_FROM_EMAIL = value("WAYSTATION_SENDER")
EMAIL_BACKEND = "waystation.site.outbox.Outbox"
if value("WAYSTATION_SMTP"):
    _smtp = urlsplit(value("WAYSTATION_SMTP"))
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _smtp.hostname or "localhost", _smtp.port or (465 if _smtp.scheme == "smtps" else 587)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_smtp.username or ""), unquote(_smtp.password or "")
    EMAIL_USE_SSL = _smtp.scheme == "smtps"
    EMAIL_USE_TLS = not EMAIL_USE_SSL and EMAIL_HOST not in ("localhost", "127.0.0.1")
    EMAIL_TIMEOUT = 30
