"""Items printed with a measure that never count (PHQ-9: difficulty) keep their answers beside the score."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0008_second_lock")]

    operations = [
        migrations.AddField(model_name="measurescore", name="unscored", field=models.JSONField(default=list)),
    ]
