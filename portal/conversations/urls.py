from django.urls import path

from portal.conversations.views import attempts, case, files, intake, start

app_name = "conversations"

urlpatterns = [
    path("", start.home, name="home"),
    path("requests/", start.requests, name="requests"),
    path("requests/new/", intake.new_about, name="new_about"),
    path("requests/new/<uuid:draft_id>/", intake.new_about, name="new_about"),
    path("requests/new/<uuid:draft_id>/details/", intake.new_details, name="new_details"),
    path("requests/new/<uuid:draft_id>/check/", intake.new_check, name="new_check"),
    path("requests/new/<uuid:draft_id>/discard/", intake.discard, name="discard"),
    path("requests/<str:reference>/", case.case, name="case"),
    path("requests/<str:reference>/sent/", intake.sent, name="sent"),
    path("requests/<str:reference>/reply/", case.reply, name="reply"),
    path("requests/<str:reference>/reopen/", case.reopen, name="reopen"),
    path("requests/<str:reference>/ask/", case.ask, name="ask"),
    path("requests/<str:reference>/solved/", case.confirm_solved, name="confirm_solved"),
    path("requests/<str:reference>/solution/<int:number>/", attempts.answer_attempt, name="answer_attempt"),
    path("files/<uuid:file_id>/", files.file, name="file"),
    path("files/<uuid:file_id>/preview/", files.preview, name="preview"),
]
