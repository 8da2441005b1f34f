from django.db import migrations, models


class Migration(migrations.Migration):
    """Logins made while a service ran as a demo are marked as such."""

    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="is_demo",
            field=models.BooleanField(default=False),
        ),
    ]
