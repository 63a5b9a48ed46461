"""Stops a file that is too large while it arrives, before it fills the disk."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload

from consultations.kinds.files import MAX_FILE_BYTES, MAX_TOTAL_BYTES

NAMESPACE = "consultations"
"""Addresses whose forms are held to these limits; the admin has its own."""

MAX_REQUEST_BYTES = 2 * MAX_TOTAL_BYTES
"""Beyond it the connection is ended: no form of ours sends that much."""


class CappedUploadHandler(FileUploadHandler):
    """Leaves out a file once it has more than ``MAX_FILE_BYTES``, and names it in ``request.files_too_large``."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        match = getattr(self.request, "resolver_match", None)
        self.is_active = match is not None and match.namespace == NAMESPACE
        self.request.files_too_large = []  # type: ignore[union-attr]
        self.file_bytes = self.request_bytes = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file_bytes = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if self.is_active:
            self.file_bytes += len(raw_data)
            self.request_bytes += len(raw_data)
            if self.request_bytes > MAX_REQUEST_BYTES:
                raise StopUpload(connection_reset=True)
            if self.file_bytes > MAX_FILE_BYTES:
                self.request.files_too_large.append((self.field_name, self.file_name))  # type: ignore[union-attr]
                raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
