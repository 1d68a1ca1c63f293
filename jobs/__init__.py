"""What time makes happen: prompts, deliveries, first and last days."""
