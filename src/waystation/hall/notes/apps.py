"""What is written in the margins of records, as Django knows it."""

from django.apps import AppConfig


class NotesConfig(AppConfig):
    """Comments, attachments, follows."""

    name = "waystation.hall.notes"
    label = "notes"
