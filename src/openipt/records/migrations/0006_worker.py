"""The worker: what it has to do, what it sent, and that it runs."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0005_rule_firings")]

    operations = []
