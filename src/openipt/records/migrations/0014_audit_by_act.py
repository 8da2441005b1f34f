"""The last check of the audit is found by its act, however long the chains have grown."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0013_enquiries"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["act"], name="audit_by_act"),
        ),
    ]
