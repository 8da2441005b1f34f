"""A change of adaptation says from which version, the phases of the sessions held, and what came new."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0017_going_on"),
    ]

    operations = [
        migrations.AddField(
            model_name="planevent",
            name="version_from",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="planevent",
            name="phases",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="planevent",
            name="brought",
            field=models.JSONField(default=list),
        ),
    ]
