"""What a user would take instead, measured side by side."""
