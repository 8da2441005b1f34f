"""The service's own expected course is worked out by the worker, once for each day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0011_intake_contacts"),
    ]

    operations = [
        migrations.CreateModel(
            name="OwnCourses",
            fields=[
                ("on", models.DateField(primary_key=True, serialize=False)),
                ("courses", models.JSONField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["made_at"], name="deliveries_by_time"),
        ),
    ]
