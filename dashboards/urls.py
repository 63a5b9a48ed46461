"""Addresses of ``dashboards``."""

from django.urls import path

from dashboards import views

app_name = "dashboards"
urlpatterns = [
    path("", views.index, name="index"),
    path("check/", views.check, name="check"),
    path("wards/<slug:slug>/", views.ward, name="ward"),
    path("wards/<slug:slug>/said/", views.said, name="said"),
    path("wards/<slug:slug>/said/<int:pk>/", views.text, name="text"),
    path("results/<slug:slug>/", views.public_ward, name="public_ward"),
]
