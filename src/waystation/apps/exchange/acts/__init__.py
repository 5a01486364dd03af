"""What people do in exchange: they keep track of feeds and read plans."""
