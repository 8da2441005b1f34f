"""What was decided when a course is not on track, and what was tried."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0006_worker")]

    operations = []
