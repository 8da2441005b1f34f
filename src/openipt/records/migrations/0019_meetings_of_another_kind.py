"""Meetings of another kind than the sessions, such as those of a ward's group: counted within their kind."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0018_changes_of_adaptation"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="session",
            name="only_a_held_session_has_a_number",
        ),
        migrations.AddField(
            model_name="session",
            name="kind",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="session",
            name="of_kind",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.UniqueConstraint(
                condition=models.Q(("of_kind__gte", 1)),
                fields=("episode", "kind", "of_kind"),
                name="one_meeting_per_number_of_its_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("attendance__in", ("attended", "late")),
                        ("held_on__isnull", False),
                        ("kind", ""),
                        ("number__isnull", False),
                        ("of_kind", None),
                    ),
                    models.Q(
                        ("attendance__in", ("attended", "late")),
                        ("held_on__isnull", False),
                        ("number", None),
                        ("of_kind__gte", 1),
                        models.Q(("kind", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(("attendance__in", ("attended", "late")), _negated=True),
                        ("held_on", None),
                        ("number", None),
                        ("of_kind", None),
                    ),
                    _connector="OR",
                ),
                name="only_a_held_session_has_a_number",
            ),
        ),
    ]
