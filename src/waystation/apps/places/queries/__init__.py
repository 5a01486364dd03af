"""Hard questions about places: codes through time, names, points in areas, shares not covered."""
