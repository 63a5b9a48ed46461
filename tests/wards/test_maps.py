"""The map: drawn once, true to the ground, every ward named."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.template import Context, Template
from shapely.geometry import Point, Polygon, shape

from wards.maps import MAP_WIDTH, ward_map
from wards.models import WardSet
from wards.services import WardSetDetails, import_wards

DEMO = Path(__file__).parents[2] / "site" / "wardmote" / "demo" / "data"


@pytest.fixture
def ipswich(db, site):
    """The demonstration's real wards."""
    details = WardSetDetails("E07000202", "Orwell Borough Council", from_date=date(2013, 5, 2))
    import_wards(DEMO / "wards.geojson", details=details)
    return WardSet.objects.get()


def rings(path):
    return [[tuple(map(float, pair.split())) for pair in ring.split("L")] for ring in re.findall(r"M([^Z]+)Z", path)]


def test_sixteen_real_wards_fill_the_drawing_with_their_shares_of_the_ground(ipswich):
    drawn = ward_map(ipswich)
    assert (drawn.width, len(drawn.shapes)) == (MAP_WIDTH, 16)
    drawn_areas = {one.name: sum(Polygon(ring).area for ring in rings(one.path)) for one in drawn.shapes}
    ground_areas = {ward.name: shape(ward.boundary).area for ward in ipswich.wards.all()}
    drawn_total, ground_total = sum(drawn_areas.values()), sum(ground_areas.values())
    for name, area in drawn_areas.items():
        assert area / drawn_total == pytest.approx(ground_areas[name] / ground_total, rel=0.03)


def test_every_real_ward_bears_its_name_inside_itself(ipswich):
    for one in ward_map(ipswich).shapes:
        assert " ".join(words for _y, words in one.label) == one.name
        middle_y = sum(y for y, _words in one.label) / len(one.label) - 9
        assert any(Polygon(ring).contains(Point(one.x, middle_y)) for ring in rings(one.path))


def test_neighbours_are_those_across_an_edge_and_neighbourhood_is_mutual(ipswich):
    shapes = {one.pk: one for one in ward_map(ipswich).shapes}
    sprites = next(one for one in shapes.values() if one.name == "Sprites")
    assert sorted(shapes[pk].name for pk in sprites.neighbours) == ["Gipping", "Stoke Park"]
    assert all(pk in shapes[other].neighbours for pk, one in shapes.items() for other in one.neighbours)


def test_map_is_drawn_once_until_a_ward_changes(ipswich, django_assert_num_queries):
    ward_map(ipswich)
    with django_assert_num_queries(0):
        ward_map(ipswich)
    ward = ipswich.wards.first()
    ward.name = "Quay"
    ward.save()
    ipswich.refresh_from_db()
    assert "Quay" in [one.name for one in ward_map(ipswich).shapes]


def test_tag_marks_one_ward_links_all_and_stays_out_of_the_way_of_screen_readers(ipswich):
    ward = ipswich.wards.get(name="Bixley")
    html = Template("{% load ward_tags %}{% ward_map ward_set highlighted=ward %}").render(
        Context({"ward_set": ipswich, "ward": ward})
    )
    assert html.count("<path") == html.count('tabindex="-1"') == 16
    assert re.findall(r'wm-map__ward--here" data-ward="([^"]+)"', html) == ["bixley"]
    assert 'aria-hidden="true"' in html
    assert "style=" not in html
    assert len(html) < 25_000


def test_set_without_wards_draws_nothing(ward_set):
    html = Template("{% load ward_tags %}{% ward_map ward_set %}").render(Context({"ward_set": ward_set}))
    assert html.strip() == ""
