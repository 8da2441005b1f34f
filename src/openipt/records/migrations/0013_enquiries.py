"""Somebody asks for help on the public page: what waits, what was tried, how many asked in this hour."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0012_own_courses"),
    ]

    operations = [
        migrations.CreateModel(
            name="AskingCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("who", models.CharField(max_length=32)),
                ("since", models.DateTimeField()),
                ("number", models.PositiveIntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("who", "since"), name="one_count_of_each_hour")
                ],
            },
        ),
        migrations.CreateModel(
            name="Enquiry",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("form", models.UUIDField(unique=True)),
                ("asked_at", models.DateTimeField()),
                ("asks_for", models.CharField(choices=[("self", "self"), ("other", "other")], max_length=10)),
                (
                    "ground",
                    models.CharField(
                        blank=True,
                        choices=[("ticked", "ticked"), ("words", "words")],
                        default="",
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "open"), ("handed_over", "handed over"), ("closed", "closed")],
                        default="open",
                        max_length=20,
                    ),
                ),
                (
                    "close_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("withdrew", "withdrew"),
                            ("not_reached", "not reached"),
                            ("not_suitable", "not suitable"),
                            ("referred", "referred"),
                            ("asked_twice", "asked twice"),
                            ("other", "other"),
                        ],
                        default="",
                        max_length=20,
                    ),
                ),
                ("settled_at", models.DateTimeField(null=True)),
                ("words_sealed", models.BinaryField(editable=True, null=True)),
                ("outcome_sealed", models.BinaryField(editable=True, null=True)),
                (
                    "client",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enquiry",
                        to="records.client",
                    ),
                ),
                (
                    "episode",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enquiry",
                        to="records.episode",
                    ),
                ),
                (
                    "settled_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="EnquiryContact",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "way",
                    models.CharField(
                        choices=[("phone", "phone"), ("email", "email"), ("post", "post")], max_length=10
                    ),
                ),
                ("reached", models.BooleanField()),
                ("words_sealed", models.BinaryField(editable=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "enquiry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="contacts",
                        to="records.enquiry",
                    ),
                ),
            ],
            options={
                "ordering": ["on", "at"],
            },
        ),
        migrations.AddIndex(
            model_name="enquiry",
            index=models.Index(fields=["state", "asked_at"], name="enquiries_by_state"),
        ),
        migrations.AddConstraint(
            model_name="enquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("close_reason", ""), ("episode", None), ("settled_at", None), ("state", "open")
                    ),
                    models.Q(
                        ("episode__isnull", False),
                        ("settled_at__isnull", False),
                        ("state", "handed_over"),
                        ("close_reason", ""),
                    ),
                    models.Q(
                        ("episode", None),
                        ("settled_at__isnull", False),
                        ("state", "closed"),
                        (
                            "close_reason__in",
                            ["withdrew", "not_reached", "not_suitable", "referred", "asked_twice", "other"],
                        ),
                    ),
                    _connector="OR",
                ),
                name="an_enquiry_is_open_or_settled",
            ),
        ),
        migrations.AddConstraint(
            model_name="enquiry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("asks_for__in", ["self", "other"]), ("ground__in", ["", "ticked", "words"])
                ),
                name="enquiry_codes_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="enquirycontact",
            constraint=models.CheckConstraint(
                condition=models.Q(("way__in", ["phone", "email", "post"])), name="contact_way_known"
            ),
        ),
    ]
