"""Questions about notices: what a person may still be told, what waits for them."""
