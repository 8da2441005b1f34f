"""Several contacts may come before session 1: number 0 is theirs all, every other number is one session's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0010_counting"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="session", name="one_session_per_number"),
        migrations.AddConstraint(
            model_name="session",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number__gte", 1)),
                fields=("episode", "number"),
                name="one_session_per_number",
            ),
        ),
    ]
