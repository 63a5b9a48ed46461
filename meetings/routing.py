"""Addresses of the meeting room's sockets."""

from django.urls import path

from meetings.consumers import room_socket

websocket_urlpatterns = [
    path("ws/room/<int:pk>/", room_socket),  # type: ignore[arg-type]  # Channels routes ASGI applications by it
]
