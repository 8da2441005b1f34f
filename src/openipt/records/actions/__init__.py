"""Every change to the record: one module per noun, one function per change."""
