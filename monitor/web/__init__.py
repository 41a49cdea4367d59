"""The database → pages people query (Datasette)."""
