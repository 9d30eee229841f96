from django.urls import path

from portal.verify import views

app_name = "verify"

urlpatterns = [
    path("", views.check, name="check"),
    path("report/", views.report, name="report"),
    path("report/thanks/", views.reported, name="reported"),
]
