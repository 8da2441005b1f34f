"""Geometry of the signature drawings: plain values in, coordinates out. Templates draw them."""
