"""Reading: one module per noun. Every query is filtered by `access` for its reader on a day."""
