"""What the record says to a person, as headings, facts and tables, wherever it is shown."""
