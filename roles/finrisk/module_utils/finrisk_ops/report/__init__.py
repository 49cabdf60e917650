"""Pages that an operator opens from disk: text, tables and plots in one HTML file."""
