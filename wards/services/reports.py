"""What an import did, for the person who ran it and for the audit log."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model
from wagtail.log_actions import log

from wards.readers.tables import BadRow


@dataclass(slots=True)
class ImportReport:
    """Rows by what became of them. ``notices`` are things somebody should look at that are no fault of a row."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def changes_something(self) -> bool:
        return bool(self.added or self.changed or self.removed)

    def write_to_audit(self, instance: Model, action: str, *, path: Path, user: AbstractBaseUser | None) -> None:
        """One entry for an import that changed something; a repeated one leaves the log as it was."""
        if self.changes_something:
            counts = {key: value for key, value in asdict(self).items() if isinstance(value, int)}
            data: dict[str, Any] = {"file": path.name, **counts, "bad": len(self.bad_rows)}
            log(instance=instance, action=action, user=user, data=data)
