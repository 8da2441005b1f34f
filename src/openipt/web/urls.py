"""Every address of the web. Each kind of user has its own list; a view says who may open it."""

from __future__ import annotations

from django.urls import include, path

from openipt.web import adaptations, evidence, going, letters, sources
from openipt.web import views_public as public
from openipt.web.asking import views as asking

urlpatterns = [
    path("", public.front, name="front"),
    path("login/", public.sign_in, name="sign-in"),
    path("logout/", public.sign_out, name="sign-out"),
    path("theme/", public.choose_theme, name="theme"),
    path("drafts/key/", public.draft_key, name="draft-key"),
    path("help-now/", public.help_now, name="help-now"),
    path("asking/", asking.door, name="asking-door"),
    path("letters/<uuid:delivery_id>/", letters.open_letter, name="letter"),
    path("sources/", sources.sources, name="sources"),
    path("evidence/", evidence.evidence, name="evidence"),
    path("adaptations/", adaptations.side_by_side, name="adaptations"),
    path("adaptations/<str:adaptation>/", adaptations.outline, name="adaptation"),
    path("adaptations/<str:adaptation>/pdf/", adaptations.outline_as_pdf, name="adaptation-pdf"),
    path("go/", going.go, name="go"),
    path("keys/", going.keys, name="keys"),
    path("kitchen/", public.neutral_page, name="neutral"),
    path("style/", public.style, name="style"),
    path("me/login/", public.sign_in, name="client-sign-in"),
    path("me/logout/", public.sign_out, name="client-sign-out"),
    path("me/leave/", public.leave, name="leave"),
    path("me/theme/", public.choose_theme, name="client-theme"),
    path("me/drafts/key/", public.draft_key, name="client-draft-key"),
    path("me/asking/", asking.ask, name="asking"),
    path("me/asking/sent/", asking.sent, name="asking-sent"),
    path("me/help-now/", public.help_now, name="client-help-now"),
    path("me/", include("openipt.web.client.urls")),
    path("", include("openipt.web.therapist.urls")),
    path("supervision/", include("openipt.web.supervision.urls")),
    path("intake/", include("openipt.web.intake.urls")),
    path("service/", include("openipt.web.service.urls")),
    path("accounts/", include("openipt.web.accounts.urls")),
]

handler400 = "openipt.web.errors.bad_request"
handler403 = "openipt.web.errors.forbidden"
handler404 = "openipt.web.errors.not_found"
handler500 = "openipt.web.errors.broken"
