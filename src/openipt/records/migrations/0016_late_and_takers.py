"""What the service lead's page counts is found without a walk past every login and every open alert."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0015_newest_tellings"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="user",
            index=models.Index(fields=["role", "is_active"], name="accounts_of_role"),
        ),
        migrations.RemoveIndex(model_name="alertwatch", name="watches_that_are_late"),
        migrations.AddIndex(
            model_name="alertwatch",
            index=models.Index(fields=["late_at", "look_at", "alert"], name="watches_late_since"),
        ),
    ]
