from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("wards", "0003_ward_summary")]

    operations = [
        migrations.RenameField("ward", "summary", "profile"),
        migrations.RenameField("ward", "summary_cy", "profile_cy"),
        migrations.AlterField(
            "ward",
            "profile",
            models.TextField(
                blank=True, help_text="A sentence or two about the place, on its page.", verbose_name="profile"
            ),
        ),
        migrations.AlterField("ward", "profile_cy", models.TextField(blank=True, verbose_name="profile in Welsh")),
    ]
