"""Signing in: those of allauth's views that a person here needs, and no others."""

from allauth.account import views
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path, re_path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="mfa_index"), name="account_email"),
    path("login/", views.login, name="account_login"),
    path("login/code/", views.request_login_code, name="account_request_login_code"),
    path("login/code/confirm/", views.confirm_login_code, name="account_confirm_login_code"),
    path("logout/", views.logout, name="account_logout"),
    path("signup/", views.signup, name="account_signup"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("confirm-email/", views.email_verification_sent, name="account_email_verification_sent"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("second-step/", mfa.index, name="mfa_index"),
    path("second-step/give/", mfa.authenticate, name="mfa_authenticate"),
    path("second-step/confirm/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("second-step/app/", totp.activate_totp, name="mfa_activate_totp"),
    path("second-step/app/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("second-step/recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("second-step/recovery-codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("second-step/recovery-codes/file/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
