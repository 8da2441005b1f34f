"""The newest tellings that remind of no session are read in their order, however many there are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0014_audit_by_act"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["session", "made_at"], name="deliveries_of_session"),
        ),
    ]
