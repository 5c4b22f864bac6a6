"""Tests of the year of an organisation."""
