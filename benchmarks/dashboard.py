"""How long a ward's dashboard takes when very much was said there.

    python benchmarks/dashboard.py [--rows 50000]    # prints, and writes benchmarks/results/dashboard.md

Rows of feedback are written for one ward over 90 days, in words drawn from the demonstration's vocabulary of subjects,
beside as many of other wards. Then the ward is counted (what a task does) and its pages are asked for through Django's
whole stack. A dashboard reads stored figures, so its time must not grow with the rows: it is measured with a hundredth
of them too.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
RESULT = ROOT / "benchmarks" / "results" / "dashboard.md"
GOAL_MILLISECONDS = 500
REPEATS = 9
SUBJECTS = (
    "bus shelter,cycle lane,library hours,missed bins,street lights,pot holes,swimming pool,parking permits,play area,"
    "flood drain,market stalls,school crossing,park benches,dog mess,waterfront path"
).split(",")
SAYINGS = (
    "The {0} is wonderful and we use it every week.",
    "Please look at the {0} before somebody is hurt.",
    "I am angry about the {0}; nothing was done about the {1} either.",
    "We moved here for the {0}. It is a shame about the {1}.",
    "No strong feelings on the {0}, but the {1} matters to my mother.",
)


def set_up(folder: str) -> None:
    for name in [name for name in os.environ if name.startswith("WARDMOTE_")]:
        del os.environ[name]
    os.environ |= {
        "WARDMOTE_DATA_DIR": folder,
        "WARDMOTE_SECRET_KEY": "bench",
        "WARDMOTE_LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "wardmote.settings.test",
    }
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


def make_people():
    """A ward, another, and an officer who looks at them."""
    from django.contrib.auth.models import Group, Permission
    from wagtail.models import Locale, Page, Site

    from wardmote.accounts.models import User
    from wards.models import Council, Ward, WardSet

    locale, _ = Locale.objects.get_or_create(language_code="en")
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=locale)
    Site.objects.get_or_create(is_default_site=True, defaults={"hostname": "localhost", "root_page": root})
    council = Council.objects.create(code="E07000999", name="Example")
    ward_set = WardSet.objects.create(council=council, name="Wards", from_date=date(2020, 5, 7))
    ring = [[1, 52], [1.01, 52], [1.01, 52.01], [1, 52]]
    wards = [
        Ward.objects.create(
            ward_set=ward_set,
            code=f"E0500000{number}",
            name=f"Ward {number}",
            slug=f"ward-{number}",
            boundary={"type": "Polygon", "coordinates": [ring]},
        )
        for number in range(2)
    ]
    officer = User.objects.create_user("officer@example.org", is_staff=True)
    group, _ = Group.objects.get_or_create(name="Democratic services officers")
    group.permissions.add(Permission.objects.get(codename="run_democratic_services"))
    officer.groups.add(group)
    return wards, officer


def fill(wards, rows: int) -> None:
    from django.utils import timezone

    from sentiment.enums import FeedbackKind, ToneLabel
    from sentiment.models import Feedback
    from sentiment.services import hash_of

    chance, now = random.Random(7), timezone.now()
    labels = [ToneLabel.NEGATIVE, ToneLabel.NEUTRAL, ToneLabel.POSITIVE]
    found = []
    for number in range(rows * len(wards)):
        text = chance.choice(SAYINGS).format(*chance.sample(SUBJECTS, 2)) + f" ({number})"
        found.append(
            Feedback(
                kind=chance.choice(FeedbackKind.values),
                origin=f"bench:{number}",
                text=text,
                text_hash=hash_of(text),
                said_at=now - timedelta(minutes=chance.randrange(90 * 24 * 60)),
                ward=wards[number % len(wards)],
                about=f"Matter {chance.randrange(20)}",
                language="en",
                label=chance.choice(labels),
            )
        )
    Feedback.objects.bulk_create(found, batch_size=2_000)


def milliseconds(client, address: str) -> float:
    """Median time of one page, after one that warms the templates."""
    assert client.get(address).status_code == 200
    taken = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        client.get(address)
        taken.append(1_000 * (time.perf_counter() - began))
    return statistics.median(taken)


def measure(wards, officer, rows: int) -> dict[str, float]:
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from sentiment.figures import refresh
    from sentiment.models import Feedback

    Feedback.objects.all().delete()
    fill(wards, rows)
    began = time.perf_counter()
    refresh(wards[0].pk, timezone.now())
    counting = time.perf_counter() - began
    client = Client()
    client.force_login(officer)
    return {
        "counting, in a task (s)": counting,
        "dashboard, 90 days (ms)": milliseconds(client, reverse("dashboards:ward", args=["ward-0"]) + "?days=90"),
        "all wards (ms)": milliseconds(client, reverse("dashboards:index") + "?days=90"),
        "list of texts (ms)": milliseconds(client, reverse("dashboards:said", args=["ward-0"]) + "?days=90"),
        "public results (ms)": milliseconds(client, reverse("dashboards:public_ward", args=["ward-0"])),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000, help="texts of the ward")
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        set_up(folder)
        from django.conf import settings

        settings.SECOND_FACTOR_REQUIRED = False
        wards, officer = make_people()
        few, many = measure(wards, officer, rows // 100), measure(wards, officer, rows)
    lines = [
        "# A ward's dashboard with very much said in it",
        "",
        f"SQLite, one process, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; medians of {REPEATS}.",
        "",
        f"| | {rows // 100:,} texts | {rows:,} texts |",
        "|---|---:|---:|",
        *(f"| {name} | {few[name]:.1f} | {many[name]:.1f} |" for name in few),
        "",
        f"Goal: the dashboard in {GOAL_MILLISECONDS} ms at most with {rows:,} texts.",
    ]
    print("\n".join(lines))
    RESULT.write_text("\n".join(lines) + "\n")
    if many["dashboard, 90 days (ms)"] > GOAL_MILLISECONDS:
        sys.exit("the dashboard is slower than its goal")


if __name__ == "__main__":
    main()
