"""Consultation pages, and the responses to them."""

from consultations.models.pages import ConsultationIndexPage, ConsultationPage
from consultations.models.responses import Answer, Response

__all__ = ["Answer", "ConsultationIndexPage", "ConsultationPage", "Response"]
