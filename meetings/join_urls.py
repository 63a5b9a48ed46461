"""The short addresses: ``/m/F93N`` leads to a meeting's room."""

from django.urls import path

from meetings import screens

app_name = "join"
urlpatterns = [
    path("", screens.join_by_code, name="form"),
    path("<str:code>.svg", screens.qr, name="qr"),
    path("<str:code>", screens.join, name="room"),
    path("<str:code>/", screens.join),
]
