"""How an act of formal business is answered: to a plain form by a page, to a script by a status and a sentence."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render

from meetings import services
from meetings.models import Room
from meetings.posting import SECONDS, too_fast


def is_script(request: HttpRequest) -> bool:
    """Whether the page's own script sends the form, and shows the answer itself."""
    return request.headers.get("X-Requested-With") == "fetch"


def done(request: HttpRequest, address: str) -> HttpResponse:
    """The act is done and kept."""
    return HttpResponse(status=HTTPStatus.NO_CONTENT) if is_script(request) else redirect(address)


def not_done(request: HttpRequest, address: str, error: services.RoomError) -> HttpResponse:
    """Why a button did nothing."""
    if is_script(request):
        return _said(str(error.message), "")
    notices.error(request, str(error.message))
    return redirect(address)


def first_error(form: forms.Form) -> HttpResponse:
    """What is wrong with a form, for the page's script: one sentence, and the field it is about."""
    for name, errors in form.errors.items():
        return _said(str(errors[0]), form.add_prefix(name) if name in form.fields else "")
    return _said("", "")


def too_fast_at_work(request: HttpRequest, room: Room) -> HttpResponse:
    """What was sent, on a page that sends it again in a minute; a script keeps it where it is.

    One page for every form of the desk and of councillors: nothing of what was typed is lost, whatever form it was.
    """
    if is_script(request):
        response: HttpResponse = _said(too_fast(), "", HTTPStatus.TOO_MANY_REQUESTS)
    else:
        given = [(name, value) for name, values in request.POST.lists() for value in values if name not in _OURS]
        context = {
            "room": room,
            "message": too_fast(),
            "typed": [one for one in given if _is_typed(*one)],
            "chosen": [one for one in given if not _is_typed(*one)],
        }
        response = render(request, "meetings/too_fast.html", context, status=HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(SECONDS)
    return response


_OURS = frozenset({"csrfmiddlewaretoken"})
"""What the page makes anew."""

_HIDDEN = frozenset({"seen"})
"""Fields with sentences in them that nobody typed."""


def _is_typed(name: str, value: str) -> bool:
    """Whether a value is somebody's own words, to be shown; a choice or a number goes along unseen."""
    return name not in _HIDDEN and any(letter.isspace() for letter in value.strip())


def _said(message: str, field: str, status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY) -> HttpResponse:
    return JsonResponse({"message": message, "field": field}, status=status)


def add_refusal(form: forms.Form, error: services.RoomError) -> None:
    """Put a service's refusal beside the field it is about."""
    form.add_error(error.field if error.field in form.fields else None, str(error.message))
