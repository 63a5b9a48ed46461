"""Every open form that wrote in a draft is known by what it changed, not the last one alone."""

from django.db import migrations, models


def fill(apps, _schema_editor):
    Draft = apps.get_model("consultations", "Draft")
    for draft in Draft.objects.iterator():
        hand = {
            "writer": str(draft.writer),
            "names": sorted(draft.fields),
            "since": draft.written_from,
            "revision": draft.revision,
            "sequence": draft.sequence,
        }
        Draft.objects.filter(pk=draft.pk).update(hands=[hand])


class Migration(migrations.Migration):
    dependencies = [
        ("consultations", "0023_watch_for_patterns"),
    ]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="hands",
            field=models.JSONField(
                default=list, help_text="The open forms that wrote, and what of each stands.", verbose_name="hands"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RemoveConstraint(
            model_name="draft",
            name="draft_revision_follows_its_writing",
        ),
        migrations.RemoveField(
            model_name="draft",
            name="sequence",
        ),
        migrations.RemoveField(
            model_name="draft",
            name="writer",
        ),
        migrations.RemoveField(
            model_name="draft",
            name="written_from",
        ),
    ]
