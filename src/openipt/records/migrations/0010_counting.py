"""The figures of a service are counted by index, however many episodes it has."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0009_unscored_answers"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="checkin",
            index=models.Index(fields=["on", "purpose", "finished_at"], name="check_ins_by_day"),
        ),
        migrations.AddIndex(
            model_name="episode",
            index=models.Index(fields=["status", "opened_on"], name="episodes_by_status"),
        ),
        migrations.AddIndex(
            model_name="episode",
            index=models.Index(fields=["started_on", "opened_on"], name="episodes_by_start"),
        ),
        migrations.AddIndex(
            model_name="episode",
            index=models.Index(fields=["ended_on", "end_reason"], name="episodes_by_end"),
        ),
        migrations.AddIndex(
            model_name="session",
            index=models.Index(fields=["held_on"], name="sessions_by_day_held"),
        ),
    ]
