"""Questions asked of observations: they know no record, only files of rows."""
