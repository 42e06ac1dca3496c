"""The only SQL: tables, migrations, the differences between dialects, and the vault of body keys."""
