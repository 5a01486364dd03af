"""Wording as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class WordingConfig(AppConfig):
    """From the start, words are found here first."""

    name = "waystation.hall.wording"
    label = "wording"

    def ready(self) -> None:
        from waystation.hall.wording.queries.speaking import speak

        speak()
