from django.urls import path

from portal.verify import views

app_name = "verify"

urlpatterns = [
    path("", views.check, name="check"),
]
