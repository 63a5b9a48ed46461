"""Addresses of ``meetings``."""

from django.urls import path

from meetings import views

app_name = "meetings"
urlpatterns = [
    path("<int:pk>/", views.room, name="room"),
]
