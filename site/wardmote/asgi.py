"""The ASGI application: pages by Django, sockets by Channels, on any ASGI server."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wardmote.settings")
pages = get_asgi_application()

# Django must be set up before an app's routes, and so its models, can be imported.
from meetings.routing import websocket_urlpatterns  # noqa: E402
from wardmote.accounts.middleware import SecondFactorSocketMiddleware  # noqa: E402
from wardmote.core.checks import refuse_known_holes  # noqa: E402

refuse_known_holes()

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(SecondFactorSocketMiddleware(URLRouter(websocket_urlpatterns)))
        ),
    }
)
