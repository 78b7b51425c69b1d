"""Addresses of the shed."""

from django.urls import path

from shed import views

urlpatterns = [
    path("", views.board, name="board"),
    path("healthz", views.healthz, name="healthz"),
    path("tools/<slug:slug>/", views.tool, name="tool"),
    path("tools/<slug:slug>/borrow", views.borrow, name="borrow"),
    path("tools/<slug:slug>/return", views.bring_back, name="return"),
]
