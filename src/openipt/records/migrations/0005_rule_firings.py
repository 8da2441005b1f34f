"""Which rule fired on an episode, when, from what, and who decided."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0004_alert_steps"),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleFiring",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("rule", models.CharField(max_length=20)),
                ("rule_version", models.CharField(max_length=20)),
                ("manual_version", models.CharField(max_length=20)),
                (
                    "severity",
                    models.CharField(
                        choices=[
                            ("info", "info"),
                            ("notice", "notice"),
                            ("warning", "warning"),
                            ("critical", "critical"),
                        ],
                        max_length=20,
                    ),
                ),
                ("inputs", models.JSONField(default=dict)),
                ("first_seen_at", models.DateTimeField()),
                ("first_seen_on", models.DateField()),
                ("last_seen_at", models.DateTimeField()),
                ("last_seen_on", models.DateField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_on", models.DateField(null=True)),
                (
                    "ended_by",
                    models.CharField(
                        blank=True,
                        choices=[("condition", "condition"), ("severity", "severity")],
                        default="",
                        max_length=20,
                    ),
                ),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("done", "done"),
                            ("not_now", "not now"),
                            ("not_applicable", "not applicable"),
                            ("disagree", "disagree"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("again_on", models.DateField(null=True)),
                ("why_sealed", models.BinaryField(editable=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "episode",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="firings",
                        to="records.episode",
                    ),
                ),
            ],
            options={
                "ordering": ["first_seen_at"],
            },
        ),
        migrations.CreateModel(
            name="FiringDecision",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveSmallIntegerField()),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("done", "done"),
                            ("not_now", "not now"),
                            ("not_applicable", "not applicable"),
                            ("disagree", "disagree"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("again_on", models.DateField(null=True)),
                ("reason_sealed", models.BinaryField(editable=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "firing",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="records.rulefiring",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.AddConstraint(
            model_name="rulefiring",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("episode", "rule"),
                name="one_standing_firing_per_rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulefiring",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("ended_by", ""), ("ended_on", None)),
                    models.Q(
                        ("ended_at__isnull", False),
                        ("ended_on__isnull", False),
                        ("ended_by__in", ["condition", "severity"]),
                    ),
                    _connector="OR",
                ),
                name="an_ended_firing_says_when_and_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulefiring",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("again_on", None), ("decided_at", None), ("decided_by", None), ("decision", "")
                    ),
                    models.Q(
                        ("decision__in", ["done", "not_now", "not_applicable", "disagree"]),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="a_decided_firing_says_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulefiring",
            constraint=models.CheckConstraint(
                condition=models.Q(("severity__in", ["info", "notice", "warning", "critical"])),
                name="firing_severity_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="firingdecision",
            constraint=models.UniqueConstraint(fields=("firing", "number"), name="one_decision_per_place"),
        ),
    ]
