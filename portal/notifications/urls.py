from django.urls import path

from portal.notifications import views

app_name = "notifications"

urlpatterns = [
    path("<str:token>/", views.stop, name="stop"),
]
