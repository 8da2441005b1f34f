"""The worker: what it has to do, whom it told of what, and that it runs."""

import uuid
from datetime import timedelta

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def watch_open_alerts(apps, schema_editor):
    """Alerts that were open before there was a worker: it looks at each of them first thing."""
    Alert = apps.get_model("records", "Alert")
    AlertWatch = apps.get_model("records", "AlertWatch")
    rows = Alert.objects.exclude(state="resolved").values_list("pk", "raised_at", "due_at")
    AlertWatch.objects.bulk_create(
        AlertWatch(
            alert_id=pk,
            counted_from=raised_at,
            limit=max((due_at or raised_at) - raised_at, timedelta(0)),
            look_at=raised_at,
        )
        for pk, raised_at, due_at in rows
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0005_rule_firings")]

    operations = [
        migrations.CreateModel(
            name="AlertWatch",
            fields=[
                (
                    "alert",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="watch",
                        serialize=False,
                        to="records.alert",
                    ),
                ),
                ("cycle", models.PositiveSmallIntegerField(default=1)),
                ("counted_from", models.DateTimeField()),
                ("limit", models.DurationField()),
                ("look_at", models.DateTimeField(null=True)),
                ("late_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[("app", "app"), ("email", "email"), ("webhook", "webhook")], max_length=10
                    ),
                ),
                ("round", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting"),
                            ("sending", "sending"),
                            ("shown", "shown"),
                            ("acknowledged", "acknowledged"),
                            ("accepted", "accepted"),
                            ("opened", "opened"),
                            ("answered", "answered"),
                            ("given_up", "given up"),
                            ("called_off", "called off"),
                        ],
                        default="waiting",
                        max_length=20,
                    ),
                ),
                ("made_at", models.DateTimeField()),
                ("next_at", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("claim_term", models.PositiveBigIntegerField(default=0)),
                ("code", models.PositiveSmallIntegerField(null=True)),
            ],
            options={
                "ordering": ["made_at"],
            },
        ),
        migrations.CreateModel(
            name="DeliveryEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "event",
                    models.CharField(
                        choices=[
                            ("made", "made"),
                            ("failed", "failed"),
                            ("shown", "shown"),
                            ("acknowledged", "acknowledged"),
                            ("accepted", "accepted"),
                            ("opened", "opened"),
                            ("answered", "answered"),
                            ("given_up", "given up"),
                            ("called_off", "called off"),
                        ],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("attempt", models.PositiveSmallIntegerField(default=0)),
                ("code", models.PositiveSmallIntegerField(null=True)),
                ("why", models.CharField(blank=True, default="", max_length=20)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="EpisodeCheck",
            fields=[
                (
                    "episode",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="rule_check",
                        serialize=False,
                        to="records.episode",
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ReminderChoice",
            fields=[
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="reminder_choice",
                        serialize=False,
                        to="records.client",
                    ),
                ),
                ("by_email", models.BooleanField(default=False)),
                ("address_sealed", models.BinaryField(editable=True, null=True)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="WorkerLease",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("holder", models.CharField(blank=True, default="", max_length=120)),
                ("term", models.PositiveBigIntegerField(default=0)),
                ("beats", models.PositiveBigIntegerField(default=0)),
                ("taken_at", models.DateTimeField(null=True)),
                ("beat_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("clock_back_at", models.DateTimeField(null=True)),
                ("events_seen", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.AddField(
            model_name="user",
            name="alert_email",
            field=models.CharField(blank=True, default="", max_length=254),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role", "client"), _negated=True), ("alert_email", ""), _connector="OR"
                ),
                name="a_clients_address_is_never_clear",
            ),
        ),
        migrations.AddIndex(
            model_name="alertwatch",
            index=models.Index(fields=["late_at"], name="watches_that_are_late"),
        ),
        migrations.AddIndex(
            model_name="alertwatch",
            index=models.Index(fields=["look_at"], name="watches_to_look_at"),
        ),
        migrations.AddField(
            model_name="delivery",
            name="alert",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="records.alert",
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="recipient",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="session",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="records.session",
            ),
        ),
        migrations.AddField(
            model_name="deliveryevent",
            name="delivery",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="events", to="records.delivery"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["state", "next_at"], name="deliveries_to_send"),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["recipient", "channel", "state"], name="deliveries_of_person"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("alert__isnull", False), ("recipient__isnull", False)),
                fields=("alert", "recipient", "channel", "round"),
                name="one_telling_per_person_channel_and_round",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("alert__isnull", False), ("recipient", None)),
                fields=("alert", "channel", "round"),
                name="one_webhook_call_per_round",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=models.Q(("session__isnull", False)),
                fields=("session", "recipient", "channel", "round"),
                name="one_reminder_per_person_channel_and_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(("alert", None), ("session", None), _connector="OR"),
                name="a_telling_is_of_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "webhook"), ("recipient", None)),
                    models.Q(models.Q(("channel", "webhook"), _negated=True), ("recipient__isnull", False)),
                    _connector="OR",
                ),
                name="a_webhook_is_nobody",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("channel", "app"),
                        ("state__in", ["acknowledged", "called_off", "given_up", "shown", "waiting"]),
                    ),
                    models.Q(
                        ("channel", "email"),
                        ("state__in", ["accepted", "called_off", "given_up", "opened", "sending", "waiting"]),
                    ),
                    models.Q(
                        ("channel", "webhook"),
                        ("state__in", ["answered", "called_off", "given_up", "sending", "waiting"]),
                    ),
                    _connector="OR",
                ),
                name="a_channel_knows_only_its_own_states",
            ),
        ),
        migrations.RunPython(watch_open_alerts, migrations.RunPython.noop),
    ]
