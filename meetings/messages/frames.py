"""What every frame is: frozen, and refused when it holds anything unknown."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

PROTOCOL = 1
"""Version of these frames. A client that speaks another is told to reload."""

MAX_FRAME_BYTES = 8_192
"""A longer frame is refused before it is parsed."""

MAX_KEYS = 20
"""Questions of its own that a client may follow on one socket."""

MAX_ROW_ID = 2**63 - 1
"""What a database can hold; one that is asked about a larger number fails instead of finding nothing."""

RowId = Annotated[int, Field(ge=1, le=MAX_ROW_ID)]


class Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Command(Frame):
    """Something to be done; ``id`` is the client's own and comes back in ``ack`` or ``refused``."""

    id: Annotated[str, Field(min_length=1, max_length=64)]
