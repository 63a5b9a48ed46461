"""Addresses of ``wards``."""

from django.urls import path

from wards import views

app_name = "wards"
urlpatterns = [
    path("", views.index, name="index"),
    path("find/", views.find, name="find"),
    path("<slug:slug>/", views.ward, name="ward"),
]
