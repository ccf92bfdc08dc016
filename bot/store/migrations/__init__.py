"""Migrations of the database, oldest first; alembic reads them from here."""
