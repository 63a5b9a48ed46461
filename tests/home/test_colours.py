import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Site

from wardmote.home.colours import MIN_TEXT_CONTRAST, PAPER, Brand, brand_from, contrast
from wardmote.home.models import CouncilBranding

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def test_contrast_is_wcags() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#777777", "#777777") == 1
    # The grey that just fails and the one that just passes on white.
    assert round(contrast("#777777", "#ffffff"), 2) == 4.48
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@given(COLOURS)
def test_every_colour_gets_readable_company(colour: str) -> None:
    brand = brand_from(colour)
    assert brand.ground == colour
    assert contrast(brand.text, brand.ground) >= MIN_TEXT_CONTRAST
    assert contrast(brand.text, brand.strong) >= MIN_TEXT_CONTRAST
    assert contrast(brand.link, PAPER) >= MIN_TEXT_CONTRAST


def test_dark_colour_is_kept_for_links_and_a_light_one_darkened() -> None:
    assert brand_from("#14345c") == Brand(ground="#14345c", text="#ffffff", strong="#0f2745", link="#14345c")
    assert brand_from("#ffdd00").text == "#000000"


@pytest.mark.parametrize("typed", ["red", "#12345", "#1234567", "#12345g", "#123456;}", "14345c"])
def test_only_a_hexadecimal_colour_is_taken(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CouncilBranding(site_id=1, colour=typed).clean_fields(exclude=["site"])
    assert set(refused.value.message_dict) == {"colour"}


def test_councils_colour_comes_as_a_style_sheet_that_may_be_kept(site: Site, client: Client) -> None:
    branding = CouncilBranding.for_site(site)
    branding.colour = "#7a0019"
    branding.save()
    response = client.get("/brand.css?v=7a0019")
    assert (response["Content-Type"], response["Cache-Control"]) == (
        "text/css; charset=utf-8",
        "public, max-age=3600",
    )
    assert response.content.decode() == (
        ":root {\n"
        "  --wm-brand: #7a0019;\n"
        "  --wm-brand-text: #ffffff;\n"
        "  --wm-brand-strong: #5b0012;\n"
        "  --govuk-brand-colour: #7a0019;\n"
        "  --govuk-link-colour: #7a0019;\n"
        "}\n\n"
    )
    assert '<link rel="stylesheet" href="/brand.css?v=7a0019">' in client.get("/account/login/").content.decode()


def test_without_a_colour_no_style_sheet_is_asked_for(site: Site, client: Client) -> None:
    assert "brand.css" not in client.get("/account/login/").content.decode()
    assert client.get("/brand.css").content.strip() == b""
