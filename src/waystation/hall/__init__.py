"""The hall: what everyone in the house uses on any register: notes, notices, views, search, the way in, hooks for programs."""
