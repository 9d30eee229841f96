from django.urls import path

from portal.mydata import views

app_name = "mydata"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("mail-again/", views.mail_again, name="mail_again"),
    path("copy/", views.copy, name="copy"),
    path("notice/", views.notice, name="notice"),
]
