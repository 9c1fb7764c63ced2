"""Inventories as tables: CSV and XLSX, with our columns or with those that people have."""

from reports.declarations.inventory_tables.rows import load_table
from reports.declarations.inventory_tables.sheets import is_table

__all__ = ["is_table", "load_table"]
