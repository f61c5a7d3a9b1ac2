"""Loops over bare arrays: plain Python here, compiled by an engine when networks are large."""
