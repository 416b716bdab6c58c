from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0013_where_there_is_work"),
    ]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="consent_expires_at",
            field=models.DateTimeField(
                help_text="However often it is refreshed, a person must agree anew by then.", null=True
            ),
        ),
    ]
