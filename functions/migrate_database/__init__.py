"""MigrateDatabaseFunction: applies migrations and keeps the ingestion role."""
