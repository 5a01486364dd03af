"""What is said, what is translated, and what is wrong with it."""
