"""What democratic services officers may do in the admin, given to their group."""

from __future__ import annotations

from django.contrib.auth.models import Group, Permission
from django.db.models import Q
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from wardmote.core.roles import OFFICER_PERMISSION, OFFICERS_GROUP

APPS = ("wards", "sentiment", "consultations", "meetings", "home")
"""Apps whose rows officers look after in the admin. Accounts and groups stay with administrators."""

PAGE_PERMISSIONS = ("add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page")
LIBRARY_PERMISSIONS = (
    "add_image",
    "change_image",
    "choose_image",
    "add_document",
    "change_document",
    "choose_document",
)


def provide_officers(home: Page) -> Group:
    """The officers' group with its permissions on ``home`` and below. Safe to repeat: nothing is taken away."""
    group, _ = Group.objects.get_or_create(name=OFFICERS_GROUP)
    app_label, codename = OFFICER_PERMISSION.split(".")
    group.permissions.add(
        *Permission.objects.filter(
            Q(content_type__app_label__in=APPS)
            | Q(content_type__app_label=app_label, codename=codename)
            | Q(content_type__app_label="wagtailadmin", codename="access_admin")
            | Q(content_type__app_label="simple_translation", codename="submit_translation")
        )
    )
    for permission in Permission.objects.filter(
        content_type__app_label="wagtailcore", content_type__model="page", codename__in=PAGE_PERMISSIONS
    ):
        for page in (home, *home.get_translations()):
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
    root = Collection.get_first_root_node()
    for permission in Permission.objects.filter(codename__in=LIBRARY_PERMISSIONS):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)
    return group
