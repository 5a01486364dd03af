"""The words of entries: SQLite's FTS5 kept by triggers, PostgreSQL's tsvector as a generated column with a GIN index.

Both hold exactly the words of ``text``, which are folded and cut by us: no parser, dictionary or stop word of the database.
"""

from typing import Any

from django.db import migrations

SQLITE = [
    """CREATE VIRTUAL TABLE finding_words USING fts5(
        text, content='finding_entry', content_rowid='id', tokenize='ascii', detail=none, prefix='2 3 4 5 6 7 8')""",
    """CREATE TRIGGER finding_entry_added AFTER INSERT ON finding_entry BEGIN
        INSERT INTO finding_words(rowid, text) VALUES (new.id, new.text); END""",
    """CREATE TRIGGER finding_entry_changed AFTER UPDATE OF text ON finding_entry BEGIN
        INSERT INTO finding_words(finding_words, rowid, text) VALUES ('delete', old.id, old.text);
        INSERT INTO finding_words(rowid, text) VALUES (new.id, new.text); END""",
    """CREATE TRIGGER finding_entry_gone AFTER DELETE ON finding_entry BEGIN
        INSERT INTO finding_words(finding_words, rowid, text) VALUES ('delete', old.id, old.text); END""",
]
POSTGRESQL = [
    # Names are compared byte by byte, whatever the language of the database, so that an index finds what begins with them.
    'ALTER TABLE finding_entry ALTER COLUMN name TYPE varchar(120) COLLATE "C"',
    """ALTER TABLE finding_entry ADD COLUMN words tsvector
        GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim(text), ' '))) STORED""",
    "CREATE INDEX finding_entry_words ON finding_entry USING gin (words)",
]


def index(apps: Any, schema_editor: Any) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def forget(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for name in ("added", "changed", "gone"):
            schema_editor.execute(f"DROP TRIGGER finding_entry_{name}")
        schema_editor.execute("DROP TABLE finding_words")
    else:
        schema_editor.execute("ALTER TABLE finding_entry DROP COLUMN words")


class Migration(migrations.Migration):
    dependencies = [("finding", "0001_initial")]
    operations = [migrations.RunPython(index, forget)]
