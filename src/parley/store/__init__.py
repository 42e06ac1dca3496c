"""The only SQL: tables, migrations, differences between dialects; and the vault of body keys."""
