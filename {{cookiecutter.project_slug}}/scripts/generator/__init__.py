"""Writes a package handler with all that belongs to it, or nothing."""
