"""Why a command was not done, as its client is told."""

from __future__ import annotations

from meetings import messages, services


class CommandRefused(Exception):
    """Why a command was not done, as its client is told."""

    def __init__(self, reason: messages.Reason, message: str, field: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.field = field


def reason_of(error: services.RoomError) -> messages.Reason:
    """The code of a service's refusal."""
    match error:
        case services.NotAllowed():
            return messages.Reason.NOT_ALLOWED
        case services.NoSuchQuestion() | services.NoSuchRoom() | services.NoSuchPoll() | services.NoSuchHand():
            return messages.Reason.NOT_FOUND
        case (
            services.RoomClosed()
            | services.InPrivate()
            | services.NotPossible()
            | services.PollNotOpen()
            | services.TooManyPolls()
            | services.HandsOff()
        ):
            return messages.Reason.NOT_NOW
        case _:
            return messages.Reason.INVALID
