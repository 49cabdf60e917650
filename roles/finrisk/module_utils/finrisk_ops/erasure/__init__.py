"""What is kept of a user or a document, and how it goes."""
