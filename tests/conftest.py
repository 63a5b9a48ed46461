"""Rows that tests share. Each is real: made through the models, never mocked."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from wagtail.models import Collection, Locale, Page, Site

from benchmarks.rooms.house import Redis
from wardmote.accounts.models import User
from wardmote.core.roles import OFFICER_PERMISSION, OFFICERS_GROUP
from wards.models import Council, Councillor, Seat, Term, Ward, WardSet

_numbers = itertools.count(1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that need PostgreSQL and Redis run where ``tests/services`` runs the suite on them, and only there."""
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
        return
    elsewhere = [item for item in items if item.get_closest_marker("services")]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


@pytest.fixture(scope="session")
def django_db_use_migrations() -> bool:
    """On SQLite the tables are made from the models: two hundred and sixty migrations take half a minute.

    They are run on PostgreSQL and by the site of the browser's tests, and held to the models by ``tests/core``.
    """
    return connection.vendor == "postgresql"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any, django_db_use_migrations: bool) -> None:
    """Adds what only Wagtail's migrations make: a language, a site, two trees' roots, and the table that finds words."""
    if django_db_use_migrations:
        return
    *_, finding = import_module("wagtail.search.migrations.0006_customise_indexentry").Migration.operations
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE wagtailsearch_indexentry_fts")
        for statement in finding.database_operations:
            cursor.execute(statement.sql)
        root = Page.add_root(title="Root", slug="root", locale=Locale.objects.create(language_code="en"))
        Site.objects.create(hostname="localhost", root_page=root, is_default_site=True)
        Collection.add_root(name="Root")


@pytest.fixture(scope="session", autouse=True)
def _postgresql_for_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """On PostgreSQL, empty tables by ``DELETE``, and end the connections of threads that outlived their test.

    Django's ``TRUNCATE`` makes a new file for each of two hundred tables that hold a few rows: three seconds a
    transactional test. Foreign keys are deferred, so the order does not matter within the one transaction.
    A connection left open keeps the test database from being dropped.
    """
    if connection.vendor != "postgresql":
        yield
        return
    request.getfixturevalue("django_db_setup")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            type(connection.ops),
            "sql_flush",
            lambda self, style, tables, **options: [f"DELETE FROM {self.quote_name(table)}" for table in tables],
        )
        yield
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"
    with request.getfixturevalue("django_db_blocker").unblock(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        cursor.execute(others, cursor.fetchone())


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """A page asked for in Welsh leaves Welsh behind in its thread, and the cache outlives the rows it was made from."""
    cache.clear()
    with translation.override("en"):
        yield


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[Redis]:
    """A Redis of the test's own, that it may kill."""
    if not shutil.which("redis-server"):
        pytest.skip("no redis-server here")
    found = Redis(tmp_path)
    found.start()
    yield found
    found.kill()


@pytest.fixture
def root_page(db: None) -> Page:
    """Wagtail's root, made when the test database lost it (a flush by a transactional test does that)."""
    locale, _ = Locale.objects.get_or_create(language_code="en")
    return Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=locale)


@pytest.fixture
def site(root_page: Page) -> Site:
    """The default site, with Wagtail's root as its start page until a test gives it another."""
    found = Site.objects.filter(is_default_site=True).first()
    return found or Site.objects.create(hostname="localhost", root_page=root_page, is_default_site=True)


@pytest.fixture
def council(db: None) -> Council:
    return Council.objects.create(code="E07000999", name="Example Borough Council")


@pytest.fixture
def ward_set(council: Council) -> WardSet:
    return WardSet.objects.create(council=council, name="Wards from 2020", from_date=date(2020, 5, 7))


@pytest.fixture
def make_ward(ward_set: WardSet) -> Callable[..., Ward]:
    """Makes a ward: a square of a hundredth of a degree, each beside the last."""

    def make(name: str = "", **fields: Any) -> Ward:
        number = next(_numbers)
        west, south = 1.0 + 0.01 * number, 52.0
        east, north = west + 0.01, south + 0.01
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        values = {
            "ward_set": ward_set,
            "code": f"E05{number:06d}",
            "name": name or f"Ward {number}",
            "slug": (name or f"ward-{number}").lower().replace(" ", "-"),
            "boundary": {"type": "Polygon", "coordinates": [ring]},
        }
        return Ward.objects.create(**values | fields)

    return make


@pytest.fixture
def ward(make_ward: Callable[..., Ward]) -> Ward:
    return make_ward("Northgate")


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    def make(email: str = "", **fields: Any) -> User:
        return User.objects.create_user(email or f"person{next(_numbers)}@example.org", **fields)

    return make


@pytest.fixture
def resident(make_user: Callable[..., User]) -> User:
    return make_user()


@pytest.fixture
def officer(make_user: Callable[..., User]) -> User:
    """A democratic services officer."""
    app_label, codename = OFFICER_PERMISSION.split(".")
    group, _ = Group.objects.get_or_create(name=OFFICERS_GROUP)
    group.permissions.add(
        Permission.objects.get(codename=codename, content_type__app_label=app_label),
        Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin"),
    )
    user = make_user(is_staff=True)
    user.groups.add(group)
    return user


@pytest.fixture
def make_councillor(make_user: Callable[..., User]) -> Callable[[Ward], User]:
    """Makes an account whose councillor holds a seat for ``ward`` since 2020."""

    def make(ward: Ward) -> User:
        number = next(_numbers)
        user = make_user(f"councillor{number}@example.org")
        councillor = Councillor.objects.create(name=f"Councillor {number}", email=user.email, user=user)
        seat = Seat.objects.create(ward=ward, number=ward.seats.count() + 1)
        Term.objects.create(seat=seat, councillor=councillor, from_date=date(2020, 5, 7))
        return user

    return make
