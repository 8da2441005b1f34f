"""A course may go on by another adaptation: the plan that begins it says by which, and after which session."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0016_late_and_takers"),
    ]

    operations = [
        migrations.AddField(
            model_name="planevent",
            name="adaptation_from",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="planevent",
            name="adaptation_to",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="planevent",
            name="version_to",
            field=models.CharField(blank=True, default="", max_length=20),
        ),
        migrations.AddField(
            model_name="planevent",
            name="after_session",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name="planevent",
            constraint=models.CheckConstraint(
                name="a_course_goes_on_by_a_whole_adaptation",
                condition=Q(adaptation_from="", adaptation_to="", version_to="", after_session=None)
                | ~Q(adaptation_from="")
                & ~Q(adaptation_to="")
                & ~Q(version_to="")
                & Q(after_session__isnull=False),
            ),
        ),
    ]
