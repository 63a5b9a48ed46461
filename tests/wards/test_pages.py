"""The wards' public pages, and what other rooms put on them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from wards import panels
from wards.models import Councillor, Postcode, Seat, Term, Ward, WardSet

pytestmark = pytest.mark.usefixtures("site")


def text(response):
    """The words of a page, as one line."""
    page = re.sub(r"(?s)<(head|svg|script).*?</\1>", " ", response.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def give_councillor(ward, name="Ada Okafor", **fields):
    seat = Seat.objects.create(ward=ward, number=ward.seats.count() + 1)
    councillor = Councillor.objects.create(name=name, email=f"{name.split()[0].lower()}{seat.pk}@council.example")
    Term.objects.create(seat=seat, councillor=councillor, party="Independent", from_date=date(2024, 5, 2), **fields)
    return councillor


def test_index_lists_every_ward_with_its_councillors_and_vacancies(client, make_ward):
    ward, other = make_ward("Northgate"), make_ward("Eastgate")
    give_councillor(ward)
    Seat.objects.create(ward=ward, number=2)
    page = text(client.get(reverse("wards:index")))
    assert "Example Borough Council has 2 wards." in page
    assert "Eastgate No councillors are listed yet Northgate Ada Okafor, vacant seat" in page
    assert (
        f'href="{reverse("wards:ward", args=[other.slug])}" tabindex="-1"' in client.get("/wards/").content.decode()
    )


def test_index_without_wards_says_so(client, council):
    assert "There are no wards here yet" in text(client.get(reverse("wards:index")))


@pytest.mark.parametrize("address", ["index", "ward"])
def test_pages_make_as_many_queries_for_three_as_for_one(client, make_ward, address):
    def queries_of(url):
        client.get(url)  # draws the map and warms what is kept per process
        with CaptureQueriesContext(connection) as found:
            assert client.get(url).status_code == 200
        return len(found)

    first, _neighbour = make_ward("Northgate"), make_ward("Southgate")
    give_councillor(first)
    url = reverse("wards:index") if address == "index" else reverse("wards:ward", args=[first.slug])
    with_one = queries_of(url)
    for name in ("Eastgate", "Westgate"):
        ward = make_ward(name)
        give_councillor(ward, f"Person {name}")
        give_councillor(first, f"Other {name}")
    assert queries_of(url) == with_one


def test_postcode_leads_to_its_ward(client, ward):
    Postcode.objects.create(ward_set=ward.ward_set, ward=ward, code="IP12DE")
    response = client.get(reverse("wards:find"), {"postcode": "ip1 2de"})
    assert (response.status_code, response["Location"]) == (302, reverse("wards:ward", args=["northgate"]))


def test_split_postcode_lets_the_resident_choose(client, make_ward):
    for ward in (make_ward("Northgate"), make_ward("Eastgate")):
        Postcode.objects.create(ward_set=ward.ward_set, ward=ward, code="IP12DE", is_split=True)
    response = client.get(reverse("wards:find"), {"postcode": "IP12DE"})
    assert response.status_code == 200
    assert "IP1 2DE lies in more than one ward" in text(response)
    links = re.findall(r'wm-list__title" href="([^"]+)"', response.content.decode())
    assert links == [reverse("wards:ward", args=[slug]) for slug in ("eastgate", "northgate")]


@pytest.mark.parametrize(
    ("typed", "status", "message"),
    [
        ("", 422, "Enter a full UK postcode, like IP1 2DE."),
        ("IP1", 422, "Enter a full UK postcode, like IP1 2DE."),
        ('"><script>', 422, "Enter a full UK postcode, like IP1 2DE."),
        ("\x00", 422, "Null characters are not allowed."),
        ("x" * 5000, 422, "Enter a full UK postcode, like IP1 2DE."),
        ("SW1A 1AA", 404, "We cannot find this postcode in the council&#x27;s area."),
    ],
)
def test_bad_postcode_is_answered_with_what_was_expected_and_what_was_typed(client, ward, typed, status, message):
    response = client.get(reverse("wards:find"), {"postcode": typed})
    assert response.status_code == status
    assert message in response.content.decode()
    assert response.context["form"]["postcode"].value() == typed
    assert "<script>" not in response.content.decode().partition("<main")[2].partition("</main>")[0]


def test_search_without_a_postcode_goes_to_all_wards(client, ward):
    assert client.get(reverse("wards:find"))["Location"] == reverse("wards:index")


def test_ward_page_shows_place_people_and_neighbours(client, make_ward):
    ward, _neighbour = make_ward("Northgate", profile="Up the hill."), make_ward("Eastgate")
    give_councillor(ward)
    give_councillor(ward, "Gone Long", until_date=date(2025, 5, 1))
    WardSet.objects.update(attribution="Contains OS data © Crown copyright.")
    response = client.get(reverse("wards:ward", args=["northgate"]))
    page = text(response)
    for words in ("A ward of Example Borough Council Northgate", "Up the hill.", "Next to Eastgate"):
        assert words in page
    assert "Ada Okafor Independent, in this seat since May 2024" in page
    assert "Vacant seat" in page
    assert "Gone Long" not in page
    assert "Contains OS data © Crown copyright." in page
    html = response.content.decode()
    assert html.count("<h1") == 1
    assert re.search(r'href="mailto:ada\d+@council.example">ada\d+<wbr>@council.example</a>', html)
    assert html.count("wm-map__ward--here") == 1


def test_unknown_ward_is_not_found_and_writing_is_not_allowed(client, ward):
    assert client.get("/wards/nowhere/").status_code == 404
    assert client.post("/wards/northgate/").status_code == 405


def test_ward_of_the_past_keeps_its_address_and_says_until_when_it_was(client, ward):
    give_councillor(ward)
    WardSet.objects.update(until_date=date(2026, 5, 7))
    page = text(client.get(reverse("wards:ward", args=["northgate"])))
    assert "This ward was in force until 7 May 2026." in page
    assert "Ada Okafor" not in page


def test_welsh_page_has_the_welsh_name_where_there_is_one(client, ward):
    Ward.objects.update(name_cy="Porth y Gogledd")
    with translation.override("cy"):
        url = reverse("wards:ward", args=["northgate"])
    assert url == "/cy/wards/northgate/"
    assert "Porth y Gogledd" in text(client.get(url))
    with translation.override("en"):
        assert "Porth y Gogledd" not in text(client.get(reverse("wards:ward", args=["northgate"])))


def test_other_rooms_panels_stand_in_order_before_the_councillors(client, ward):
    def later(request, shown):
        return panels.Panel("components/empty_state.html", {"title": f"Later in {shown}"}, order=90)

    def sooner(request, shown):
        return panels.Panel("components/empty_state.html", {"title": f"Sooner in {shown}"}, order=10)

    def silent(request, shown):
        return None

    builders = (later, sooner, silent)
    for builder in (*builders, later):
        panels.register(builder)
    try:
        page = text(client.get(reverse("wards:ward", args=["northgate"])))
    finally:
        for builder in builders:
            panels.unregister(builder)
    assert [page.count("Later in Northgate"), page.count("Sooner in Northgate")] == [1, 1]
    assert page.index("Sooner") < page.index("Later") < page.index("Your councillors")
