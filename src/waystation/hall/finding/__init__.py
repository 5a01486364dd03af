"""Finding: one index of what records are called, written with them; and how names are folded so that they are found."""
