"""Sources: files of observations on their way into rounds; how each source's columns are read is remembered."""
