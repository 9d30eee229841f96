"""The one settings file. What may differ between installations comes from the environment: see .env.example.

Everything works with nothing set: SQLite, files and the task queue's folder under var/, mail written to files. One
variable each switches to PostgreSQL, Redis, object storage and a mail provider. Each reader stops the start with one
line that names the variable; what only makes sense together is a system check (portal/checks.py).
"""

import os
from datetime import timedelta
from email.utils import quote
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from portal import providers
from portal.environment import Environment, keep_secret

BASE_DIR = Path(__file__).resolve().parent.parent

# Values may also come from files: NAME_FILE=/run/secrets/name is read where NAME is not set.
env = Environment(Path(os.environ.get("DOTENV", BASE_DIR / ".env")))

VAR_DIR = env.folder("VAR_DIR", BASE_DIR / "var")


def under_var(*names: str) -> Path:
    """A path under var/ whose folder exists. Called only for what is used, so that a read-only image can do without."""
    path = VAR_DIR.joinpath(*names)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


# --- Where we are reached ---------------------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", default=False)

# The address people type. Mail links, allowed hosts and everything that depends on https follow from it.
SITE_URL = env.web_address("SITE_URL", default="http://127.0.0.1:8000")
HTTPS = SITE_URL.startswith("https://")
SITE_HOST = urlsplit(SITE_URL).hostname or ""

LOCAL_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env.several("ALLOWED_HOSTS", default=[SITE_HOST] + ([] if HTTPS else LOCAL_HOSTS))
CSRF_TRUSTED_ORIGINS = [SITE_URL] if HTTPS else []

# Reverse proxies in front of us, each of which sets X-Forwarded-For and X-Forwarded-Proto. With none, both headers are
# whatever a stranger wrote, and are ignored.
PROXY_COUNT = env.number("PROXY_COUNT", default=0, minimum=0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PROXY_COUNT else None

SECRET_KEY_IS_OURS = not env.text("SECRET_KEY", default="")
SECRET_KEY = keep_secret(under_var("secret_key")) if SECRET_KEY_IS_OURS else env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.several("SECRET_KEY_FALLBACKS", default=[])

SHOP_NAME = env.text("SHOP_NAME", default="Sportello")

# Where the desk's first calendar keeps its hours; each calendar has its own zone afterwards.
DESK_TIME_ZONE = env.time_zone("DESK_TIME_ZONE", default="Europe/Rome")

# --- What it is made of -----------------------------------------------------------------------------------------------

# First come first served: our templates stand before those of the apps that we dress anew.
INSTALLED_APPS = [
    "modeltranslation",
    "portal.apps.PortalConfig",
    "tickets.apps.TicketsConfig",
    "tickets.apps.DeskAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "anymail",
]

MIDDLEWARE = [
    "portal.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portal.middleware.CompressPages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.middleware.PersonalSettings",
    # Default deny: a page for everybody says so with @login_not_required.
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Last, because it replaces whatever answer a locked-out sign-in got.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.surroundings",
            ],
        },
    }
]

# --- Where things are kept --------------------------------------------------------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL", default=VAR_DIR / "sportello.sqlite3")}
DATABASES["default"]["ATOMIC_REQUESTS"] = False
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    under_var("sportello.sqlite3")
    DATABASES["default"]["OPTIONS"] = {
        # Web, worker and beat share the file: readers never wait for a writer (WAL), and a transaction takes the write
        # lock when it begins, so that it waits for its turn instead of failing half way with "database is locked".
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.number("DATABASE_CONN_MAX_AGE", default=60, minimum=0)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counts for all processes together how often one network address tries to sign in, or asks about mail. Files do that on
# one machine, Redis on several. Locks after wrong passwords are no business of the cache: axes keeps them in the database.
CACHES = {"default": env.cache("CACHE_URL", default=VAR_DIR / "cache")}

STORAGES: dict[str, dict[str, Any]] = {
    "default": env.storage("STORAGE_", folder=VAR_DIR / "media"),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# Off: style sheets are served as they lie in the source, with nothing collected beforehand.
STATIC_MANIFEST = env.flag("STATIC_MANIFEST", default=not DEBUG)
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
if not STATIC_MANIFEST:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    # Empty, but WhiteNoise wants to see it.
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    WHITENOISE_AUTOREFRESH = DEBUG

# One setting drives the hint before the upload and the checks in the browser, on the server and of inbound mail.
MEGABYTE = 1024 * 1024
ATTACHMENT_LIMITS = {
    "max_files": env.number("ATTACHMENT_MAX_FILES", default=10, minimum=0),
    "max_file_bytes": env.number("ATTACHMENT_MAX_FILE_MB", default=25, minimum=1) * MEGABYTE,
    "max_total_bytes": env.number("ATTACHMENT_MAX_TOTAL_MB", default=100, minimum=1) * MEGABYTE,
}
FILE_UPLOAD_HANDLERS = [
    "portal.uploads.OversizeCutter",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Who may come in --------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "tickets.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    # Also answers the admin's own form, which sends the address as the user name; and Django's permissions.
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

ACCOUNT_ADAPTER = "portal.accounts.adapter.Adapter"
ACCOUNT_FORMS = {
    "login": "portal.accounts.forms.SignInForm",
    "request_login_code": "portal.accounts.forms.RequestCodeForm",
    "confirm_login_code": "portal.accounts.forms.SignInCodeForm",
    "signup": "portal.accounts.forms.SignUpForm",
    "confirm_email_verification_code": "portal.accounts.forms.AddressCodeForm",
    "change_email": "portal.accounts.forms.OtherAddressForm",
    "add_email": "portal.accounts.forms.AddressForm",
    "change_password": "portal.accounts.forms.ChangePasswordForm",
    "set_password": "portal.accounts.forms.SetPasswordForm",
    "reset_password": "portal.accounts.forms.ForgottenPasswordForm",
    "reset_password_from_key": "portal.accounts.forms.NewPasswordForm",
    "reauthenticate": "portal.accounts.forms.PasswordAgainForm",
}
MFA_FORMS = {
    "authenticate": "portal.accounts.mfa_forms.SecondStepForm",
    "reauthenticate": "portal.accounts.mfa_forms.SecondStepAgainForm",
    "activate_totp": "portal.accounts.mfa_forms.ActivateAppForm",
    "deactivate_totp": "portal.accounts.mfa_forms.DeactivateAppForm",
    "generate_recovery_codes": "portal.accounts.mfa_forms.NewRecoveryCodesForm",
    "add_webauthn": "portal.accounts.mfa_forms.AddKeyForm",
    "edit_webauthn": "portal.accounts.mfa_forms.RenameKeyForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# A code, not a link: it is typed where the sign-up began, also when the mail is read on another device.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# Who mistyped their address at sign-up puts it right there, instead of waiting for a mail that never comes.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
# Sign-up and password reset answer the same whether or not an address is known, and tell its owner by mail.
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
# One question less at the door. Who is at a shared machine signs out, as everywhere.
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
# Volume from one place only: allauth would also lock an address for everybody, so that a stranger could keep its owner
# out. Locking is for axes, below.
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip"}
ALLAUTH_TRUSTED_PROXY_COUNT = PROXY_COUNT

MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = SHOP_NAME
# Browsers offer passkeys over plain http only on localhost, which is where it helps to try them.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# Wrong passwords lock the pair of address and network address: locking the address alone would let a stranger lock a
# customer out, and the network address alone a whole office.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_USERNAME_CALLABLE = "portal.lockout.attempted_address"
AXES_CLIENT_IP_CALLABLE = "portal.lockout.client_ip"
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# --- What browsers may do ---------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE: Literal["Lax"] = "Lax"
SECURE_SSL_REDIRECT = HTTPS
# Load balancers ask for these over plain http, from inside.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", default=365 * 24 * 3600, minimum=0) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SILENCED_SYSTEM_CHECKS = [
    # Preloading binds a whole domain for years: its owner decides that, not a help desk on one of its hosts.
    "security.W021",
    # Addresses are unique, by a constraint that also ignores case; this check looks at the column alone.
    "auth.W004",
    # Anymail's authors have no account at SendGrid any more. Our own tests hold it to the documented interface.
    "anymail.W003",
]

# --- Languages and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
# Each by its own name, so that people find theirs in a page they cannot read.
LANGUAGES = [
    ("en", "English"),
    ("it", "Italiano"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("pl", "Polski"),
    ("ja", "日本語"),
    ("ar", "العربية"),
]
LOCALE_PATHS = [BASE_DIR / "locale"]
# Django's English is American.
FORMAT_MODULE_PATH = ["portal.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_LANGUAGES = tuple(code for code, _name in LANGUAGES)
MODELTRANSLATION_FALLBACK_LANGUAGES = ("en",)

# --- Mail -------------------------------------------------------------------------------------------------------------

# Nothing set: mail is written to files, so that a trial never writes to a customer.
_mail = env.mail("EMAIL_URL", default=VAR_DIR / "mail")
EMAIL_BACKEND = env.text("EMAIL_BACKEND", default=_mail["EMAIL_BACKEND"])
EMAIL_FILE_PATH = _mail["EMAIL_FILE_PATH"]
EMAIL_HOST = _mail.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = env.number("EMAIL_TIMEOUT", default=30, minimum=1)
# Whatever the chosen provider needs: ANYMAIL_POSTMARK_SERVER_TOKEN, ANYMAIL_MAILGUN_API_KEY …
ANYMAIL = providers.combined(providers.manners(timeout=EMAIL_TIMEOUT), providers.read(env.prefixed("ANYMAIL_")))
# The providers that may tell us what became of mail, and hand us what comes in: at /mail/hooks/<provider>/…
MAIL_WEBHOOKS = env.several("MAIL_WEBHOOKS", default=[])
# In quotes, because a comma or a dot would end a bare name, and no mail would leave.
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", default=f'"{quote(SHOP_NAME)}" <support@{SITE_HOST}>')

# Answers go to variants of it, such as reply+token@…: its server must hand us all of them. Unset: reply@ at the domain of
# DEFAULT_FROM_EMAIL.
REPLY_ADDRESS = env.text("REPLY_ADDRESS", default="")
# For so long an agent can take an answer back. 0: it leaves at once.
REPLY_UNDO_SECONDS = env.number("REPLY_UNDO_SECONDS", default=15, minimum=0)
# Looked into each minute, by name; none unless set.
IMAP_MAILBOXES = env.mailboxes("IMAP_")
# Larger messages are kept and set aside, unread.
INBOUND_MAX_BYTES = env.number("INBOUND_MAX_MB", default=50, minimum=1) * MEGABYTE
# The names by which our own mail servers sign their Authentication-Results; what others claim there is not believed.
TRUSTED_AUTHSERV_IDS = env.several("TRUSTED_AUTHSERV_IDS", default=[])

# --- Work in the background -------------------------------------------------------------------------------------------

# The timetable and all that is not for an operator to choose stands in portal/celery.py.
CELERY_BROKER_URL = env.broker("CELERY_BROKER_URL", default="filesystem://localhost")
CELERY_FOLDER = VAR_DIR / "celery"

# --- Logs -------------------------------------------------------------------------------------------------------------

LOG_FORMAT = env.choice("LOG_FORMAT", ["json", "plain"], default="json" if HTTPS else "plain")
LOG_LEVEL = env.choice("LOG_LEVEL", ["DEBUG", "INFO", "WARNING", "ERROR"], default="INFO")
LOGGING_CONFIG = "portal.logs.configure"
LOGGING = {"format": LOG_FORMAT, "level": LOG_LEVEL}
