"""What people do in tracking."""
