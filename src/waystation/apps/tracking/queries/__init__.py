"""Hard questions about displacement: what rounds say by place, what may be shown of it."""
