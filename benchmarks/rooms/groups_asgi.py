"""The ASGI application of the groups that the hub is measured against (see ``groups``)."""

import django
from channels.routing import ProtocolTypeRouter

django.setup()

# Consumers may be imported only once Django is set up.
from benchmarks.rooms.groups import application_of  # noqa: E402

application = ProtocolTypeRouter({"websocket": application_of()})
