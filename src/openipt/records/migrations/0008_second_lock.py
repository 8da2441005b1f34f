"""Words about a dangerous person move behind a second lock of the client's."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("records", "0007_what_we_tried")]

    operations = [
        migrations.AddField("entry", "behind_lock", models.BooleanField(null=True)),
        migrations.AddField("journalentry", "behind_lock", models.BooleanField(null=True)),
        migrations.CreateModel(
            name="SecondLock",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("secret", models.CharField(max_length=256)),
                ("agreed_at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(null=True)),
                (
                    "agreed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "client",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="second_locks",
                        to="records.client",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        name="one_standing_second_lock", fields=["client"], condition=Q(taken_back_at=None)
                    ),
                    models.CheckConstraint(
                        name="a_second_lock_taken_back_opens_nothing",
                        condition=Q(taken_back_at=None) & ~Q(secret="")
                        | Q(taken_back_at__isnull=False, secret=""),
                    ),
                ],
            },
        ),
    ]
