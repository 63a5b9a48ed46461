"""What Wagtail does with a page once the last step of its workflow is approved: named in the settings."""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string


def publish_approved(workflow_state: Any, user: Any = None) -> None:
    """Publish the page, unless the fairness check holds it back.

    Wagtail imports this module while its own models load, so what it stands for can be found only when called.
    """
    import_string("consultations.models.sign_off.publish_unless_held_back")(workflow_state, user)
