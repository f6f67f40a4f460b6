"""What a follow-up question leans on, and what earlier turns have for it."""
