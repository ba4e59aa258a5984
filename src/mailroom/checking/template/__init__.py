"""The template: its text with positions, its values, its policies and filters."""
