"""Addresses of ``consultations``."""

from django.urls import path

from consultations import draft_views, equality_views, identity_views, page_views, paper_views, receipt_views, views
from consultations.feeds import ConsultationFeed, all_dates, dates_of_one

app_name = "consultations"
urlpatterns = [
    # A dot is in no slug, so no consultation can take this address.
    path("feed.atom", ConsultationFeed(), name="feed"),
    path("calendar.ics", all_dates, name="calendar"),
    path("<slug:slug>/", views.RespondView.as_view(), name="respond"),
    path("<slug:slug>/dates.ics", dates_of_one, name="dates"),
    path("<slug:slug>/save/", draft_views.save, name="save"),
    path("<slug:slug>/closing/", draft_views.closing, name="closing"),
    path("<slug:slug>/words/", draft_views.words, name="words"),
    path("<slug:slug>/saved/", draft_views.saved, name="saved"),
    path("<slug:slug>/letter/", draft_views.letter, name="letter"),
    # Below the draft's own address, so that its cookie reaches them.
    path("<slug:slug>/saved/begin/", page_views.begin, name="begin"),
    path("<slug:slug>/saved/go-on/", page_views.go_on, name="go_on"),
    path("<slug:slug>/saved/contents/", page_views.contents, name="contents"),
    path("<slug:slug>/saved/<str:step>/", page_views.AnswerPageView.as_view(), name="page"),
    path("<slug:slug>/join/", draft_views.join, name="join"),
    path("<slug:slug>/draft/<str:token>/", draft_views.resume, name="resume"),
    path("<slug:slug>/about-you/", equality_views.about, name="about_you"),
    path("<slug:slug>/sign-in/", identity_views.save_and_sign_in, name="sign_in"),
    path("<slug:slug>/letter-box/<str:reference>/", identity_views.check_letter_box, name="letter_box"),
    path("<slug:slug>/confirm/<str:token>/", identity_views.confirm_address, name="confirm"),
    path("<slug:slug>/paper/", paper_views.paper_form, name="paper"),
    path("<slug:slug>/receipt/<str:reference>/", receipt_views.receipt, name="receipt"),
    path("<slug:slug>/receipt/<str:reference>/copy/", receipt_views.copy, name="copy"),
    path("<slug:slug>/change/", receipt_views.change, name="change"),
    path("<slug:slug>/withdraw/", receipt_views.withdraw, name="withdraw"),
]
