from django.db import migrations

from tickets.search.schema import create_index, drop_index


class Migration(migrations.Migration):
    """The full-text side of the search entries, in the words of whichever database this is."""

    dependencies = [("tickets", "0001_initial")]

    operations = [migrations.RunPython(create_index, drop_index, elidable=False)]
