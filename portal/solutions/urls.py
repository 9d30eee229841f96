from django.urls import path

from portal.solutions import views

app_name = "solutions"

urlpatterns = [
    path("<str:token>/", views.answer, name="answer"),
    path("<str:token>/thanks/", views.thanks, name="thanks"),
    path("<str:token>/solved/", views.solved, name="solved"),
]
