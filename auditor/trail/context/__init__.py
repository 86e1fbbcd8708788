"""What a hospital knows besides its logs: optional tables that say why an access was right."""
