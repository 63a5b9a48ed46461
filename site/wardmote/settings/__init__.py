"""Django's settings, all derived from ``wardmote.core.config.Config`` and so from the environment."""

import os
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

from wardmote.core import config as house

PACKAGE_DIR = Path(__file__).resolve().parents[1]
# In a checkout the package lies in ``site/``; installed, templates lie beside it.
ROOT_DIR = PACKAGE_DIR.parents[1] if PACKAGE_DIR.parent.name == "site" else PACKAGE_DIR.parent
NODE_DIR = ROOT_DIR / "node_modules"

CONFIG = house.read_config(os.environ, default_data_dir=ROOT_DIR / "var")
CONFIG.data_dir.mkdir(parents=True, exist_ok=True)

SECRET_KEY = house.secret_key(CONFIG)
DEBUG = CONFIG.debug
ALLOWED_HOSTS = [host.strip() for host in CONFIG.hosts.split(",") if host.strip()]

INSTALLED_APPS = [
    "wardmote",
    "wardmote.home",
    "wardmote.accounts",
    "dashboards",
    "meetings",
    "consultations",
    "sentiment",
    "wards",
    "wardmote.core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.locales",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "channels",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Pages shrink to a sixth; Django pads each answer at random, so that its length gives no secret away.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "wardmote.core.middleware.AdminContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "wardmote.accounts.middleware.SecondFactorMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
]

ROOT_URLCONF = "wardmote.urls"
ASGI_APPLICATION = "wardmote.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wagtail.contrib.settings.context_processors.settings",
            ],
        },
    },
]
# Form fields are drawn by templates/django/forms/, in GOV.UK's patterns.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": house.database_settings(CONFIG)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CHANNEL_LAYERS = house.channel_layers(CONFIG)
CACHES = house.caches(CONFIG)
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/account/login/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "wardmote.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "change_password": "wardmote.accounts.forms.ChangePasswordForm",
    "confirm_email_verification_code": "wardmote.accounts.forms.ConfirmEmailForm",
    "confirm_login_code": "wardmote.accounts.forms.ConfirmLoginCodeForm",
    "login": "wardmote.accounts.forms.LoginForm",
    "reauthenticate": "wardmote.accounts.forms.ReauthenticateForm",
    "request_login_code": "wardmote.accounts.forms.RequestLoginCodeForm",
    "reset_password": "wardmote.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "wardmote.accounts.forms.ResetPasswordKeyForm",
    "set_password": "wardmote.accounts.forms.SetPasswordForm",
    "signup": "wardmote.accounts.forms.SignupForm",
}
# Many residents use a library's computer: a session ends with the browser, or after a working day.
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if CONFIG.https else 0
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds
MFA_ADAPTER = "wardmote.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "activate_totp": "wardmote.accounts.forms.ActivateTOTPForm",
    "authenticate": "wardmote.accounts.forms.AuthenticateForm",
    "reauthenticate": "wardmote.accounts.forms.MFAReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Wardmote"
# Nobody sets a password by the admin's own letters, which know nothing of the second factor.
WAGTAIL_PASSWORD_RESET_ENABLED = False
SECOND_FACTOR_REQUIRED = CONFIG.needs_second_factor

LANGUAGE_CODE = "en"
LANGUAGES = WAGTAIL_CONTENT_LANGUAGES = [("en", _("English")), ("cy", _("Welsh"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale"]
USE_I18N = WAGTAIL_I18N_ENABLED = True
WAGTAILSIMPLETRANSLATION_SYNC_PAGE_TREE = True
TIME_ZONE = "Europe/London"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = CONFIG.data_dir / "static"
STATICFILES_DIRS = [
    (prefix, folder)
    for prefix, folder in {
        "css": ROOT_DIR / "var" / "css",
        "govuk-frontend": NODE_DIR / "govuk-frontend" / "dist" / "govuk",
        "hls": NODE_DIR / "hls.js" / "dist",
        "plot": NODE_DIR / "@observablehq" / "plot" / "dist",
        "d3": NODE_DIR / "d3" / "dist",
        "demonstration-stream": PACKAGE_DIR / "demo" / "data" / "stream",
        "atkinson": NODE_DIR / "@fontsource-variable" / "atkinson-hyperlegible-next" / "files",
    }.items()
    if folder.is_dir()
]
MEDIA_URL = "/media/"
MEDIA_ROOT = CONFIG.data_dir / "media"
# Files that respondents send: below no web address, read by officers through a view alone.
ANSWER_FILES_DIR = CONFIG.data_dir / "answer-files"
FILE_UPLOAD_HANDLERS = [
    "consultations.upload_handlers.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = False
WHITENOISE_MIMETYPES = {".ts": "video/mp2t"}
DEMONSTRATION_STREAM = PACKAGE_DIR / "demo" / "data" / "stream"
ROOM_POSTS_PER_PERSON = CONFIG.room_posts_per_person
ROOM_POSTS_PER_ADDRESS = CONFIG.room_posts_per_address
COUNCILLOR_POSTS_PER_PERSON = CONFIG.councillor_posts_per_person
DESK_POSTS_PER_PERSON = CONFIG.desk_posts_per_person
# How long the threads behind sockets keep a connection to the database.
ROOM_CONNECTION_SECONDS = 60

SOCKET_CAPS = {
    "process": CONFIG.sockets_per_process,
    "meeting": CONFIG.sockets_per_meeting,
    "person": CONFIG.sockets_per_person,
    "address": CONFIG.sockets_per_address,
}
EMBED_HOSTS = [host.strip().lower() for host in CONFIG.embed_hosts.split(",") if host.strip()]

WAGTAIL_SITE_NAME = "Wardmote"
WAGTAILADMIN_BASE_URL = CONFIG.base_url
# The admin asks nothing of other hosts.
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_FINISH_WORKFLOW_ACTION = "consultations.approval.publish_approved"
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "pdf", "txt", "xlsx"]
WAGTAIL_ALLOW_UNICODE_SLUGS = False

globals().update(house.email_settings(CONFIG))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = CONFIG.from_email

# Nothing is loaded from another host, and no script or style is inline. hls.js feeds the player by blob: addresses.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "media-src": [SELF, "blob:"],
        "script-src": [SELF],
        "style-src": [SELF],
        "worker-src": [SELF, "blob:"],
    }
}
# Wagtail's editor still has inline scripts and styles; only /admin/ allows them.
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "frame-src": [SELF],
    "img-src": [SELF, "data:", "blob:"],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "wardmote.home.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [CONFIG.base_url]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = CONFIG.https
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIG.https else None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # bytes
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000  # the page editor of a long consultation has many fields

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": CONFIG.log_level},
    # Wagtail tells every page saved, which the audit log holds already; the queue every task begun and done.
    "loggers": {
        name: {"level": "WARNING"} for name in ("daphne", "django_tasks", "django_tasks_db", "httpx", "wagtail")
    },
}
