"""Settings: read from the environment and the data folder; every default works on a laptop.

WAYSTATION_HOME    the data folder (default: ``.waystation`` in the working folder)
DATABASE_URL       ``postgresql://user:password@host:port/name``; unset: SQLite in the data folder
WAYSTATION_ENGINE  what computes datasets: ``duckdb`` (default), ``spark`` on this machine, or ``spark://HOST:PORT``
WAYSTATION_HOSTS   host names the server answers to, separated by commas
WAYSTATION_HTTPS   ``1``: behind a proxy that ends TLS and sets X-Forwarded-Proto; cookies then travel only over https
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

WAYSTATION_HOME = Path(os.environ.get("WAYSTATION_HOME", ".waystation")).resolve()
WAYSTATION_ENGINE = os.environ.get("WAYSTATION_ENGINE", "duckdb")
WAYSTATION_DEMO = os.environ.get("WAYSTATION_DEMO") == "1"
ORGANISATION = os.environ.get("WAYSTATION_ORGANISATION", "Waystation")

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
    url = urlsplit(os.environ.get("DATABASE_URL", ""))
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
ALLOWED_HOSTS = [h for h in os.environ.get("WAYSTATION_HOSTS", "").split(",") if h] or [
    "localhost",
    "127.0.0.1",
    "[::1]",
]
DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "kernel.Actor"

INSTALLED_APPS = [
    "waystation.kernel",
    "waystation.hall.views",
    "waystation.apps.places",
    "waystation.apps.counting",
    "waystation.apps.tracking",
    "waystation.apps.sources",
    "waystation.apps.exchange",
    "waystation.apps.reference",  # after ours, so that figures are listed with our own numbers first
    "waystation.surfaces.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "waystation.surfaces.web.middleware.guarded",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "waystation.surfaces.web.middleware.asking",
    "axes.middleware.AxesMiddleware",
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "waystation.surfaces.web.entering.locked_out"
AXES_HTTP_RESPONSE_CODE = 429

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
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600  # said only in answers over https
if os.environ.get("WAYSTATION_HTTPS") == "1":  # behind a proxy that ends TLS and says so
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]  # pages take files by their path
UPLOAD_LIMIT_BYTES = 200 * 1024 * 1024
