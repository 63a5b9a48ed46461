"""Addresses of the meeting room's sockets."""

from django.urls import URLPattern

websocket_urlpatterns: list[URLPattern] = []
