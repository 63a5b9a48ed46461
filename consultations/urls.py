"""Addresses of ``consultations``."""

from django.urls import path

from consultations import views
from consultations.feeds import ConsultationFeed

app_name = "consultations"
urlpatterns = [
    # A dot is in no slug, so no consultation can take this address.
    path("feed.atom", ConsultationFeed(), name="feed"),
    path("<slug:slug>/", views.RespondView.as_view(), name="respond"),
    path("<slug:slug>/receipt/<str:reference>/", views.receipt, name="receipt"),
]
