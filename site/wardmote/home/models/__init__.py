"""The front page, plain pages, and how the council names and colours its site."""

from wardmote.home.models.branding import CouncilBranding
from wardmote.home.models.pages import HomePage, StandardPage

__all__ = ["CouncilBranding", "HomePage", "StandardPage"]
