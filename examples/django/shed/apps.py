"""Registers the app."""

from django.apps import AppConfig


class ShedConfig(AppConfig):
    name = "shed"
