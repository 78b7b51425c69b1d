"""Hangs the first tools on the board."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TOOLS = [
    ("hammer", "Claw hammer", "Ash handle, 450 g. Pulls the nails that it drives in crooked."),
    ("saw", "Hand saw", "Seven teeth to the inch, sharpened in spring. Not for floorboards."),
    ("spanner", "Ring spanner", "Thirteen millimetres, the size that is always missing."),
    ("screwdriver", "Screwdriver", "A flat blade that has opened very few tins of paint."),
    ("level", "Spirit level", "Sixty centimetres and honest to half a millimetre a metre."),
    ("pliers", "Pliers", "Insulated up to a thousand volts. Please do not try."),
    ("brush", "Wide brush", "Natural bristle. Wash it the same evening, or buy a new one."),
    ("spade", "Spade", "Forged in one piece, older than the street."),
    ("ladder", "Folding ladder", "Three metres. Somebody must hold it; that is the rule."),
    ("drill", "Hand drill", "Two gears and no battery, so it always works."),
    ("clamp", "Screw clamp", "Opens to thirty centimetres. There were two of them once."),
    ("tape", "Tape measure", "Five metres, the first two centimetres rather worn."),
]


def hang(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    tool = apps.get_model("shed", "Tool")
    tool.objects.bulk_create(
        tool(slug=slug, name=name, note=note, place=place)
        for place, (slug, name, note) in enumerate(TOOLS)
    )


class Migration(migrations.Migration):
    dependencies = [("shed", "0001_initial")]
    operations = [migrations.RunPython(hang, migrations.RunPython.noop)]
