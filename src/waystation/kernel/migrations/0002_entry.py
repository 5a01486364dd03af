"""People are records: they have a reference, a state and a trail. A duty may be lent."""

import django.db.models.deletion
import django.utils.timezone
from typing import Any

from django.conf import settings
from django.db import migrations, models

import waystation.kernel.values


def name_people(apps: Any, schema_editor: Any) -> None:
    people = apps.get_model("kernel", "Actor")
    people.objects.update(ref=models.F("username"), version=1)
    people.objects.filter(is_active=False).update(state="left")


class Migration(migrations.Migration):
    dependencies = [("kernel", "0002_rest")]
    operations = [
        migrations.AddField("actor", "author", models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL)),
        migrations.AddField("actor", "created_at", models.DateTimeField(default=waystation.kernel.values.now, editable=False, verbose_name="created")),
        migrations.AddField("actor", "ref", models.CharField(editable=False, max_length=80, null=True, verbose_name="reference")),
        migrations.AddField("actor", "state", models.CharField(default="active", editable=False, max_length=30, verbose_name="state"), preserve_default=False),
        migrations.AddField("actor", "version", models.PositiveIntegerField(default=0, editable=False)),
        migrations.RunPython(name_people, migrations.RunPython.noop),
        migrations.AlterField("actor", "ref", models.CharField(editable=False, max_length=80, unique=True, verbose_name="reference")),
        migrations.AddField("dutygrant", "lent_from", models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="loans", to="kernel.dutygrant")),
    ]
