"""Which rule fired on an episode, when, from what, and who decided."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0004_alert_steps")]

    operations = []
