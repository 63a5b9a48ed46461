"""Every address of the house. Pages last: Wagtail answers for whatever no view claims."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from wardmote.api import api
from wardmote.demo import feeds
from wardmote.home import views as home_views

urlpatterns = [
    path("demonstration/feeds/<str:file>", feeds.feed, name="demonstration-feed"),
    path("brand.css", home_views.brand_css, name="brand_css"),
    path("health/", home_views.health, name="health"),
    path(".well-known/security.txt", home_views.security_txt, name="security_txt"),
    path("api/v1/", api.urls),
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    # Crests and pictures that officers uploaded, in one process as in many; a web server before it may answer first.
    path(f"{settings.MEDIA_URL.strip('/')}/<path:path>", serve, {"document_root": settings.MEDIA_ROOT}),
    *i18n_patterns(
        path("account/", include("wardmote.accounts.urls")),
        path("dashboard/", include("dashboards.urls")),
        path("wards/", include("wards.urls")),
        path("sources/", include("sentiment.urls")),
        path("answer/", include("consultations.urls")),
        path("room/", include("meetings.urls")),
        path("m/", include("meetings.join_urls")),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]
