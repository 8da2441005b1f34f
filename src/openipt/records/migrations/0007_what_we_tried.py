"""What was decided when a course is not on track, and what was tried."""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0006_worker")]

    operations = [
        migrations.CreateModel(
            name="StepChosen",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("code", models.CharField(max_length=80)),
                ("on", models.DateField()),
                ("looked_on", models.DateField(null=True)),
                (
                    "change",
                    models.CharField(
                        blank=True,
                        choices=[("better", "better"), ("same", "same"), ("worse", "worse")],
                        default="",
                        max_length=20,
                    ),
                ),
                ("improved", models.BooleanField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True)),
                (
                    "decision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps_chosen",
                        to="records.entry",
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="steps_chosen",
                        to="records.episode",
                    ),
                ),
                (
                    "outcome",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.entry",
                    ),
                ),
            ],
            options={
                "ordering": ["on", "code"],
                "indexes": [models.Index(fields=["code", "withdrawn_at"], name="steps_chosen_by_code")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("decision", "code"), name="one_row_per_step_and_decision"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("change", ""), ("improved", None), ("looked_on", None), ("outcome", None)
                            ),
                            models.Q(
                                ("looked_on__isnull", False),
                                ("outcome__isnull", False),
                                ("change__in", ["better", "same", "worse"]),
                            ),
                            _connector="OR",
                        ),
                        name="a_step_looked_at_says_when_and_how",
                    ),
                ],
            },
        ),
    ]
