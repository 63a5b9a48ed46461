"""Addresses of ``sentiment``."""

from django.urls import path

from sentiment import views

app_name = "sentiment"
urlpatterns = [
    path("", views.sources, name="sources"),
    path("reading/", views.reading, name="reading"),
    path("reading/model-card/", views.model_card, name="model_card"),
]
