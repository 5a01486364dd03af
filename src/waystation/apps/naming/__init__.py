"""Names of places as people write them, and the codes they mean: matched, decided by people, remembered per source."""
